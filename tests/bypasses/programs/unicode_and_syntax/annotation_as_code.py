# An annotation is evaluated.
# expect: process_spawn
import os

x: os.system("id") = 1
