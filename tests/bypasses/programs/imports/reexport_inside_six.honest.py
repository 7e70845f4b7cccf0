# A compatibility layer hands out what only computes.
from six.moves.urllib.parse import quote

print(quote("a b"))
