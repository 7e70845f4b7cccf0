# The dictionary of a class is walked for fields.
class Field:
    def check(self, value):
        return bool(value)


class Model:
    title = Field()

    def clean(self):
        return [f.check(1) for f in self.__class__.__dict__.values() if isinstance(f, Field)]


print(Model().clean())
