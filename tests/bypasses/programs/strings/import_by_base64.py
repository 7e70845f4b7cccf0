# The names are encoded in base 64.
# expect: process_spawn
import base64

m = __import__(base64.b64decode("b3M=").decode())
m.system("id")
