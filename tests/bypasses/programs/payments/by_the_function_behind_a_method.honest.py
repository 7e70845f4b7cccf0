# A class method is called by another class.
class Invoice:
    @classmethod
    def make(cls, amount):
        return cls.__name__, amount


print(Invoice.make(100000))
