# A library's own copy of a compatibility layer is asked for a constant.
import botocore.vendored.six as six

print(six.PY3)
