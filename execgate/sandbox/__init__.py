"""Where approved code runs, confined by the policy.

`open_sandbox` chooses between the backends there are, never without isolation; anything else that keeps
`Sandbox`'s promises can take their place.  The engine's libraries are imported where they are first used,
not here.
"""

from execgate.sandbox.bubblewrap.sandbox import BubblewrapSandbox
from execgate.sandbox.choice import BACKENDS, open_sandbox
from execgate.sandbox.docker.sandbox import DockerSandbox
from execgate.sandbox.doctor import Check, diagnose
from execgate.sandbox.files import Caps, collect_inputs, write_artifacts
from execgate.sandbox.image import Image, ensure_image
from execgate.sandbox.protocol import Sandbox, Turning, Warming
from execgate.sandbox.reserved import Reserved
from execgate.sandbox.stock import NOTHING, USUAL, Ahead

__all__ = [
    "BACKENDS",
    "NOTHING",
    "USUAL",
    "Ahead",
    "BubblewrapSandbox",
    "Caps",
    "Check",
    "DockerSandbox",
    "Image",
    "Reserved",
    "Sandbox",
    "Turning",
    "Warming",
    "collect_inputs",
    "diagnose",
    "ensure_image",
    "open_sandbox",
    "write_artifacts",
]
