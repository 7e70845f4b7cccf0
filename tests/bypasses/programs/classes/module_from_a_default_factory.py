# A field's factory gives a module.
# expect: file_operation
import os
from dataclasses import dataclass, field


@dataclass
class R:
    f: object = field(default_factory=lambda: os)


R().f.remove("/etc/passwd")
