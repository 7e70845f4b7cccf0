"""What an image is made of, before an engine has it."""

from __future__ import annotations

from dataclasses import dataclass

from execgate.sandbox.image.archive import Layer
from execgate.sandbox.image.facts import Facts


@dataclass(frozen=True, slots=True)
class Built:
    """An image's layers from the lowest up, and what is in them."""

    layers: tuple[Layer, ...]
    facts: Facts
