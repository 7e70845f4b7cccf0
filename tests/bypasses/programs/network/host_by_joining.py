# Joining a URL with one that starts with `//` leads to another host.
# expect: network_call
import requests
from urllib.parse import urljoin

requests.get(urljoin("https://api.example.com/", "//evil.example/x"))
