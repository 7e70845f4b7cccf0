# One of the program's own names is handed to a function.
GREETING = "hello"


def say(text):
    print(text.upper())


say(globals()["GREETING"])
