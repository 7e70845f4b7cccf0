# `methodcaller` calls a method of texts.
import operator

print(list(map(operator.methodcaller("strip", " "), [" a ", "b "])))
