# An assignment expression binds a module.
# expect: process_spawn
import os

if m := os:
    m.system("id")
