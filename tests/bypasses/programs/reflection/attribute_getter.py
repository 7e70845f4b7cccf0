# `attrgetter` reads attributes by text.
# expect: process_spawn
import operator, os

operator.attrgetter("system")(os)("id")
