# A client is given its time limit by a dictionary of the program's own.
import requests

environ = {"TIMEOUT": "5"}
requests.get("https://api.example.com/", timeout=int(environ["TIMEOUT"]))
