# Both functions that the list holds stay in the folder.
import os


def use(b):
    b[0]("/workspace/old.csv")


def main():
    box = [print]
    use(box)
    box[0] = os.remove
    use(box)


main()
