# The free part stands behind the host and `/`.
import requests

requests.get("https://api.example.com/items?q=" + input())
