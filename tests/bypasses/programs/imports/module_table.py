# Every loaded module stands in `sys.modules`.
# expect: process_spawn
import sys

sys.modules["os"].system("id")
