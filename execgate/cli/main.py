"""The way into the command: so little is loaded here that Ctrl-C finds us ready from the start."""

from __future__ import annotations

import signal
import sys
from typing import NoReturn


def entry() -> NoReturn:
    """Run the command of this process, and leave with its status."""
    try:
        from execgate.cli.app import main
        from execgate.cli.console import complete_standard_streams

        complete_standard_streams()
        status = main()
    except KeyboardInterrupt:
        # Before or after `main`, which has its own way to say so.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        print("execgate: interrupted", file=sys.stderr)
        status = 130
    # What is left is the interpreter's own end, which takes an interrupt for a defect.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.exit(status)
