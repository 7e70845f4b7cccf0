# A list that a function made is changed between two calls that look at it.
# expect: file_operation
import os


def use(b):
    b[0]("/etc/passwd")


def main():
    box = [print]
    use(box)
    box[0] = os.remove
    use(box)


main()
