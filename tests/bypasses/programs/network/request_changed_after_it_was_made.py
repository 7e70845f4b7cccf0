# The address of a request is replaced after it was made.
# expect: network_call
import urllib.request

request = urllib.request.Request("https://api.example.com/v1")
request.full_url = "https://evil.example/v1"
urllib.request.urlopen(request)
