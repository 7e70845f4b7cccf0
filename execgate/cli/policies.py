"""Which policy decides where the command line does not say."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from execgate import _resources
from execgate.errors import PolicyError

if TYPE_CHECKING:
    from execgate.policy import PolicySet

LOCAL = "policies"


def find(named: str | None) -> Path:
    """Return the policy file or folder: `named`, else `./policies`, else what ships with the package.

    The first that is there decides alone, even if it can't be used: a broken policy of one's own
    must not be replaced by somebody else's.
    """
    if named == "":
        raise PolicyError(
            "an empty path names no policy", help="name a policy file, or a folder of *.policy files"
        )
    if named is not None:
        return Path(named)
    return Path(LOCAL) if os.path.lexists(LOCAL) else _resources.path("policies")


def load(named: str | None) -> PolicySet:
    """Return the policies that decide; raises PolicyError."""
    from execgate.policy import PolicySet

    return PolicySet.load(find(named))
