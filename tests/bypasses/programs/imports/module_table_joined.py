# The table of modules is joined with another dictionary.
# expect: process_spawn
import sys

(sys.modules | {})["os"].system("id")
