# The name of an argument of the program's own is written in full-width letters.
def run(args):
    return args


print(run(ａｒｇｓ=["id"]))
