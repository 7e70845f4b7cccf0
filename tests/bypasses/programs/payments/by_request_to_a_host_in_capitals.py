# The letter case of a host does not matter, and neither does a dot at its end.
# expect: payment_call
import requests

host = "API.Stripe.com."
requests.post(f"https://{host}/v1/refunds", data={"charge": "ch_1", "amount": 100000, "currency": "usd"})
