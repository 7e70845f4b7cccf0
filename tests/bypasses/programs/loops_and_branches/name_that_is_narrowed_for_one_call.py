# A function that uses a name is called where a test leaves one thing to it, and once more behind that.
# expect: file_operation
name = "/etc/passwd"


def use():
    open(name)


if input():
    name = "a.csv"
if name == "a.csv":
    use()
use()
