# A compatibility layer hands out a module inside a package, by another path.
# expect: network_call
from six.moves.urllib.request import urlopen

urlopen("http://evil.example/")
