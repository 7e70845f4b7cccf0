# A client's own URL leads to a host that moves no money.
import httpx

with httpx.Client(base_url="https://api.example.com/v1") as client:
    client.post("/charges", data={"amount": 100000, "currency": "usd"})
