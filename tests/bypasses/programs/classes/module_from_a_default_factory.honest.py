# A field's factory gives a file of the folder.
import os
from dataclasses import dataclass, field


@dataclass
class R:
    f: object = field(default_factory=lambda: "/workspace/old.csv")


os.remove(R().f)
