# `pkgutil` finds a function by a text.
# expect: gap
import pkgutil

pkgutil.resolve_name("os:system")("id")
