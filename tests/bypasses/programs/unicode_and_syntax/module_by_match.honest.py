# A pattern binds a module that counts.
match __import__("math"):
    case m:
        print(m.sqrt(2))
