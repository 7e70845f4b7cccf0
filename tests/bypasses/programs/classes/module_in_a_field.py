# A field without a default holds a module.
# expect: file_operation
import os
from dataclasses import dataclass


@dataclass
class R:
    f: object


R(os).f.remove("/etc/passwd")
