# A default argument is a module.
# expect: process_spawn
import os


def run(command, m=os):
    m.system(command)


run("id")
