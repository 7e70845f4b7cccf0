# The parts of a text are code.
# expect: process_spawn
f"{(m := __import__('os'))}{m.system('id')}"
