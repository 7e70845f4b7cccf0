# A class method gives out the function behind it.
# expect: dynamic_code
import stripe

stripe.Charge.create.__func__(stripe.Charge, amount=100000, currency="usd")
