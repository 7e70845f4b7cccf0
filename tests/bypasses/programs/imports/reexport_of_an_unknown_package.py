# A package that nobody has listed hands out a module inside a package.
# expect: network_call
import some_package

some_package.compat.urllib.request.urlopen("http://evil.example/")
