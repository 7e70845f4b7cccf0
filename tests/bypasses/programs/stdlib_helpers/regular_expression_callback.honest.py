# `re.sub` calls its replacement with what it found.
import re

re.sub("x", lambda found: found.group().upper(), "x")
