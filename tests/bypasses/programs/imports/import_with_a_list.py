# `__import__` gives the inner module where it is told what will be taken from it.
# expect: network_call
__import__("urllib.request", fromlist=["urlopen"]).urlopen("http://evil.example/")
