"""The guest's first lines: an interpreter in isolated mode has no folder of its own to import from."""

import sys

sys.path.insert(0, "/opt/execgate")
from execgate_guest.supervisor import main

del sys.path[0]
sys.exit(main())
