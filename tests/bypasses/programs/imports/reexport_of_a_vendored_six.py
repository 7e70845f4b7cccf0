# A library carries its own copy of a compatibility layer.
# expect: process_spawn
import botocore.vendored.six as six

six.moves.getoutput("id")
