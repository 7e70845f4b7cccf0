# The parts of a text compute.
print(f"{(m := __import__('math'))}{m.sqrt(2)}")
