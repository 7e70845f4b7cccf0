# A getter of attributes goes through a module to another.
# expect: process_spawn
import linecache
from operator import attrgetter

attrgetter("os.system")(linecache)("id")
