# What a frame holds is read by `inspect` from the function itself.
import inspect


def area(width, height=1):
    """Return the area."""
    return width * height


print(inspect.signature(area), inspect.getdoc(area), area.__name__)
