# A tree of syntax becomes code.
# expect: dynamic_code
import ast

exec(compile(ast.parse("import os"), "x", "exec"))
