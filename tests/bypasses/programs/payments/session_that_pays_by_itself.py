# A session pays whatever host asks for it.
# expect: payment_call
from x402.http.clients.requests import x402_requests

session = x402_requests(client)
session.get("https://api.example.com/paid")
