"""`python -m execgate`: the same as the command `execgate`."""

import sys

from execgate.cli.main import entry

if __name__ == "__main__":
    sys.exit(entry())
