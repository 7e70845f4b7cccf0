# A client calls its hook with what it got.
# expect: process_spawn
import os, requests

requests.get("https://api.example.com/", hooks={"response": lambda r, *a, **k: os.system("id")})
