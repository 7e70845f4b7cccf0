# A client's own URL stands before the path that it is given.
# expect: payment_call
import httpx

with httpx.Client(base_url="https://api.stripe.com/v1") as client:
    client.post("/charges", data={"amount": 100000, "currency": "usd"})
