"""What the commands on receipts share: opening the store that is there, never making one."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from execgate.gate import default_home

if TYPE_CHECKING:
    from execgate.receipts import ReceiptStore

RECEIPT_STATUSES = (
    "0  fine",
    "2  there are no receipts, or they can't be read",
)


def opened(options: argparse.Namespace) -> ReceiptStore:
    """Return the store of `--home`, for reading; raises ReceiptError where there is none."""
    from execgate.receipts import ReceiptStore

    return ReceiptStore.open(Path(options.home) if options.home else default_home(), create=False)
