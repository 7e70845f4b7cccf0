# A field without a default holds a file of the folder.
import os
from dataclasses import dataclass


@dataclass
class R:
    f: object


os.remove(R("/workspace/old.csv").f)
