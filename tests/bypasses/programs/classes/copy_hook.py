# Copying calls what `__reduce__` names.
# expect: file_operation
import os, copy


class A:
    def __reduce__(self):
        return (os.remove, ("/etc/passwd",))


copy.copy(A())
