# A dotted path is resolved to a function.
# expect: dynamic_code
from pkgutil import resolve_name

resolve_name("os:system")("id")
