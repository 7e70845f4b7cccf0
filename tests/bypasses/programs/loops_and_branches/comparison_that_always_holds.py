# A text of an own class equals everything it is compared with.
# expect: file_operation
class Equal(str):
    def __eq__(self, other):
        return True

    def __hash__(self):
        return 1


name = Equal("/etc/passwd")
if name in ("a.csv", "b.csv"):
    open(name)
