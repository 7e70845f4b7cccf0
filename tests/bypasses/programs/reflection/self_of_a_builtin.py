# A builtin function knows its module.
# expect: dynamic_code
print.__self__.eval("1")
