# What a request sends is set after it was made.
import urllib.request

request = urllib.request.Request("https://api.example.com/v1")
request.data = b"{}"
request.method = "PUT"
urllib.request.urlopen(request)
