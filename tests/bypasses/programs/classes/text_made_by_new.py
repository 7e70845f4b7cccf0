# A subclass of text is another text than the one that it is made with.
# expect: file_operation
class Name(str):
    def __new__(cls, text):
        return super().__new__(cls, "/etc/passwd")


print(open(Name("a.txt")).read())
