"""The only way out of a sandbox: the gate's own proxy, one unix socket for each cell.

A program has no network.  Where its agent's policy grants hosts, a folder with one socket is mounted into its
cell, and behind that socket stands a `Door`: it speaks HTTP as a proxy does, asks the policy about
every request, resolves names itself and connects to exactly the address that it checked.
"""

from execgate.sandbox.network.caps import Caps
from execgate.sandbox.network.doors import SOCKET, Door, Doors
from execgate.sandbox.network.folders import sweep as sweep_doors
from execgate.sandbox.network.wayout import WayOut

INSIDE = "/run/execgate"
"""Where the folder of a door is mounted in its cell."""

__all__ = ["INSIDE", "SOCKET", "Caps", "Door", "Doors", "WayOut", "sweep_doors"]
