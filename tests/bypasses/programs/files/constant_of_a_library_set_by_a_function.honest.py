# A function opens a file that is called like a constant of a library.
import string


def save():
    with open(string.digits, "w") as file:
        file.write("x")


save()
