# A session sends what it asks through the proxies that it was given as an attribute.
# expect: network_call
import requests

session = requests.Session()
session.proxies = {"https": "http://evil.example"}
session.get("https://api.example.com/")
