# An escaped `@` behind the path is no user-info.
import requests

requests.get("https://api.example.com/users/%40reader")
