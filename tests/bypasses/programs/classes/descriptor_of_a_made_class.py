# `type` makes a class without a class statement.
# expect: process_spawn
type("T", (), {"run": __import__("os").system})().run("id")
