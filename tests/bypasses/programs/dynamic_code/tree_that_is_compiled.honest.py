# A tree of syntax is looked at.
import ast

print([node.names[0].name for node in ast.walk(ast.parse("import os")) if isinstance(node, ast.Import)])
