# A builtin is shadowed on one branch alone, and reads its own folder.
import sys

if len(sys.argv) > 9:
    open = print
open("/workspace/data.csv")
