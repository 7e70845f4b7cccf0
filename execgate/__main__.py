"""`python -m execgate`: the same as the command `execgate`."""

from execgate.cli.main import entry

if __name__ == "__main__":
    entry()
