# `exec(input(...))` without parentheses.
# expect: dynamic_code
@exec
@input
class command:
    pass
