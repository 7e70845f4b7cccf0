# A session pays nothing.
import requests

session = requests.Session()
session.get("https://api.example.com/free")
