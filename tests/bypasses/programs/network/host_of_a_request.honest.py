# A request is printed and sent.
import urllib.request

request = urllib.request.Request("http://api.example.com/v1")
print(request.host, request.selector)
urllib.request.urlopen(request)
