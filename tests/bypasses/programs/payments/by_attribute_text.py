# The class that charges is named by a text.
# expect: payment_call
import stripe

getattr(stripe, "Cha" + "rge").create(amount=100000, currency="usd", source="tok_1")
