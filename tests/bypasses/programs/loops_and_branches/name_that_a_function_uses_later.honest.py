# A function that uses a name is called on two branches, on each of which it is known.
name = "a.csv"


def use():
    open(name)


if input():
    name = "b.csv"
    use()
use()
