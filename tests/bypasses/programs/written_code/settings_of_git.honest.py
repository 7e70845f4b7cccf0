# A setting of git is a name.
with open(".git/config", "a") as settings:
    settings.write("[user]\n\tname = id\n")
