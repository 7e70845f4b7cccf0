# A function that is called later sets a constant of a library, which another one has opened before it stands.
# expect: file_operation
import string


def save():
    with open(string.digits, "w") as file:
        file.write("x")


def change():
    setattr(string, "digits", "/etc/passwd")


change()
save()
