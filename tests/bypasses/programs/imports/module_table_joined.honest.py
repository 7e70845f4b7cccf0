# A dictionary of the program's own is joined with another.
tools = {"upper": str.upper}

print((tools | {})["upper"]("id"))
