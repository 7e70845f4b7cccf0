# A descriptor is told what an attribute is set to, and checks it.
class D:
    def __set__(self, o, v):
        if v < 0:
            raise ValueError("negative")
        o.__dict__["kept"] = v


class A:
    x = D()


A().x = 3
