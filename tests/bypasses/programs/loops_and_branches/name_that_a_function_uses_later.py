# A function that uses a name is called where the name is known, and once more where it isn't.
# expect: file_operation
name = input()


def use():
    open(name)


if len(name) > 3:
    name = "a.csv"
    use()
use()
