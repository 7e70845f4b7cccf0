# A path is an instance of a subclass of `str`.
# expect: file_operation
class S(str): pass
open(S('/etc/passwd'))
