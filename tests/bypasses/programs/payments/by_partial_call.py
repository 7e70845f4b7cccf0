# A partial call holds the function that charges.
# expect: payment_call
import functools, stripe

charge = functools.partial(stripe.Charge.create, currency="usd")
list(map(lambda amount: charge(amount=amount), [100, 100000]))
