# A client's hook prints what it got.
import requests

requests.get("https://api.example.com/", hooks={"response": lambda r, *a, **k: print(r.status_code)})
