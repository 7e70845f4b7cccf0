# What stands behind `@` is the host, and may be reached.
import requests

requests.get("https://reader@api.example.com/")
