# A text with a text inside is read as data.
import ast

print(ast.literal_eval('["exec(1)", "import os"]'))
