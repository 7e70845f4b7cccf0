# A client of Python's own sends the same form to a host that moves no money.
import requests

requests.post("https://api.example.com/v1/charges", data={"amount": 100000, "currency": "usd"})
