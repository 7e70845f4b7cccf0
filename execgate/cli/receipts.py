"""What the commands share that have to do with receipts: which folder, and whether it can be used."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING

from execgate.errors import InputError, ReceiptError
from execgate.gate import Gate, default_home

if TYPE_CHECKING:
    from execgate.receipts import Receipt, ReceiptStore

MIN_PREFIX = 6
"""Characters that stand for a whole id, where only one begins with them."""

RECEIPT_STATUSES = (
    "0  fine",
    "2  there are no receipts, or they can't be read",
)


def opened(options: argparse.Namespace) -> ReceiptStore:
    """Return the store of `--home`, for reading; raises ReceiptError where there is none."""
    from execgate.receipts import ReceiptStore

    return ReceiptStore.open(home_of(options), create=False)


def named_home(options: argparse.Namespace) -> Path:
    """Return the state folder that is meant, whatever is there."""
    named = options.home
    return Path(os.path.expanduser(named)).absolute() if named else default_home()  # noqa: PTH111


def home_of(options: argparse.Namespace) -> Path:
    """Return the state folder that is meant; raises InputError where the path is no folder's."""
    named, home = options.home, named_home(options)
    for step in (home, *home.parents):
        try:
            if step.is_dir():
                break
            there = os.path.lexists(step)
        except (OSError, ValueError) as error:
            raise InputError(f"{named or home}: no path: {error}", help=_OTHER_HOME) from error
        if there:
            what = f"{named or home}" if step == home else f"{named or home}: {step}"
            raise InputError(f"{what}: not a folder, so receipts can't be kept there", help=_OTHER_HOME)
    return home


def make_store(gate: Gate) -> None:
    """Open the receipt store, which makes it; raises ReceiptError that says what is wrong with the folder."""
    try:
        _ = gate.receipts
    except ReceiptError as error:
        cause = error.__cause__
        if not isinstance(cause, OSError) or gate.home.is_dir():
            raise
        why = (cause.strerror or str(cause)).lower()
        raise ReceiptError(
            f"{gate.home}: no folder for receipts can be made there: {why}", help=_OTHER_HOME
        ) from error


def found(store: ReceiptStore, name: str) -> Receipt:
    """Return the receipt whose id is `name`, or the only one whose id begins with it; raises ReceiptError."""
    if MIN_PREFIX <= len(name) < _ID_LENGTH:
        ids = [row.receipt_id for row in store.list() if row.receipt_id.startswith(name.lower())]
        if len(ids) > 1:
            raise InputError(f"{len(ids)} receipts begin with {name}", help=f"name one: {', '.join(ids[:4])}")
        name = ids[0] if ids else name
    return store.get(name)


_OTHER_HOME = "name a folder that this user may make or write to, with --home or EXECGATE_HOME"
_ID_LENGTH = 36
