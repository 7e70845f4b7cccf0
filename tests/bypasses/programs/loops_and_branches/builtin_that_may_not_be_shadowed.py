# A builtin is shadowed on one branch alone.
# expect: file_operation
import sys

if len(sys.argv) > 9:
    open = print
open("/etc/passwd")
