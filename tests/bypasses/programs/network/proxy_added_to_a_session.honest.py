# The headers of a session are a dictionary that can be added to, and so are its proxies.
import requests

session = requests.Session()
session.headers.update({"Accept": "application/json"})
session.proxies["https"] = "http://api.example.com"
session.get("https://api.example.com/")
