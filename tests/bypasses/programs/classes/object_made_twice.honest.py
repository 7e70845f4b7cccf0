# An object is made anew for the same host.
import http.client

connection = http.client.HTTPSConnection("api.example.com")
connection.__init__("api.example.com", timeout=5)
connection.request("GET", "/")
