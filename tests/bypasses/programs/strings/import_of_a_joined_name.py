# The module's name is put together.
# expect: process_spawn
__import__("o" + "s").system("id")
