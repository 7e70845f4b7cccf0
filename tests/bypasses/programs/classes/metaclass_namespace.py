# A metaclass fills the namespace before the body runs.
# expect: file_operation
import os


class M(type):
    @classmethod
    def __prepare__(mcs, name, bases):
        return {"mod": os}


class A(metaclass=M):
    mod.remove("/etc/passwd")
