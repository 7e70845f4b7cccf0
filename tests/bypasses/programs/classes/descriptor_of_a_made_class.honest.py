# `type` makes a class without a class statement.
print(type("T", (), {"run": __import__("math").sqrt})().run(2))
