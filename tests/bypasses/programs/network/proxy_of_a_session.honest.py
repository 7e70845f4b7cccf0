# A session is given a proxy that may be reached.
import requests

session = requests.Session()
session.proxies = {"https": "http://api.example.com"}
session.get("https://api.example.com/")
