# A subclass of text is made from the text that it is given.
class Name(str):
    def __new__(cls, text):
        return super().__new__(cls, text + ".txt")


print(open(Name("a")).read())
