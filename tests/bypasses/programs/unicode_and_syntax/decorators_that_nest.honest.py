# Two decorators tell what they were given.
@print
@len
@str
class command:
    pass
