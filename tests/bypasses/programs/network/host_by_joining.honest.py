# Joining a URL with a path leads to the same host.
import requests
from urllib.parse import urljoin

requests.get(urljoin("https://api.example.com/v1/", "items/7"))
