# A function that uses a name is called behind a test that leaves one thing to it.
name = "/etc/passwd"


def use():
    open(name)


if input():
    name = "a.csv"
if name != "a.csv":
    raise SystemExit
use()
