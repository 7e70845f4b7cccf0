"""The way into the command: so little is loaded here that Ctrl-C finds us ready from the start."""

from __future__ import annotations

import sys


def entry() -> int:
    """Run the command of this process and return its status."""
    try:
        from execgate.cli.app import main
        from execgate.cli.console import complete_standard_streams

        complete_standard_streams()
        status = main()
    except KeyboardInterrupt:
        # Before or after `main`, which has its own way to say so.
        print("execgate: interrupted", file=sys.stderr)
        status = 130
    # What is left is the interpreter's own end, which takes an interrupt for a defect.
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    return status
