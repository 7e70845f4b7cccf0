# The same form goes to a host that moves no money.
import requests

host = "API.Example.com"
requests.post(f"https://{host}/v1/refunds", data={"charge": "ch_1", "amount": 100000, "currency": "usd"})
