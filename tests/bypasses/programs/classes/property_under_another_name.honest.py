# `types` has a property of its own, as enumerations need it.
import types, math


class A:
    x = types.DynamicClassAttribute(lambda s: math)


print(A().x.sqrt(2))
