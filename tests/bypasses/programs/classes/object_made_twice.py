# An object is made anew by its own `__init__`.
# expect: network_call
import http.client

connection = http.client.HTTPSConnection("api.example.com")
connection.__init__("evil.example")
connection.request("GET", "/")
