# A comment when it is written, a command when the file is closed.
# expect: process_spawn
with open(".git/hooks/pre-commit", "w") as hook:
    hook.write("#id")
    hook.seek(0)
    hook.write(" ")
