# A pattern takes a text out of a dictionary.
match {"os": "linux"}:
    case {"os": found}:
        print(found.upper())
