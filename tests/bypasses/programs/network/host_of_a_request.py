# The host of a request is replaced, and its address stays.
# expect: network_call
import urllib.request

request = urllib.request.Request("http://api.example.com/v1")
request.host = "evil.example"
urllib.request.urlopen(request)
