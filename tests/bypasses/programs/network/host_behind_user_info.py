# What stands before `@` is no host.
# expect: network_call
import requests

requests.get("https://api.example.com@evil.example/")
