# A setting of git is a command.
# expect: gap
with open(".git/config", "a") as settings:
    settings.write("[core]\n\tfsmonitor = id\n")
