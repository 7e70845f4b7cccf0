# A path in the folder is an instance of a subclass of `str`.
class S(str): pass
open(S('/workspace/data.csv'))
