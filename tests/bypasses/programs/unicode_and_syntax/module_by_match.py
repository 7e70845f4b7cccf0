# A pattern binds a module.
# expect: process_spawn
match __import__("os"):
    case m:
        m.system("id")
