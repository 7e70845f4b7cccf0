# What is run is an instance of a subclass of `str`.
# expect: dynamic_code
class S(str):
    def __call__(self):
        return self


exec(S("import os; os.system('id')"))
