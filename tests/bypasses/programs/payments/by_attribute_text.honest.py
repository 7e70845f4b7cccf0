# The class that lists what was charged is named by a text.
import requests

getattr(requests, "g" + "et")("https://api.example.com/v1/charges")
