# `types` has a property of its own.
# expect: file_operation
import types, os

types.DynamicClassAttribute(lambda s: os)


class A:
    x = types.DynamicClassAttribute(lambda s: os)


A().x.remove("/etc/passwd")
