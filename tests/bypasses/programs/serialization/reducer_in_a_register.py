# `copyreg` says how copies of a class are made.
# expect: process_spawn
import copy, copyreg, os


class A:
    pass


copyreg.pickle(A, lambda a: (os.system, ("id",)))
copy.copy(A())
