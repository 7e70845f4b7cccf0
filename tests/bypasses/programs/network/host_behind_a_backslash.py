# Some clients read a backslash as a slash, and others as a part of user-info.
# expect: network_call
import requests

requests.get("https://api.example.com\\@evil.example/")
