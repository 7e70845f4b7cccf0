# A free part directly behind a host can be the rest of a host.
# expect: network_call
import requests

requests.get("https://api.example.com" + input())
