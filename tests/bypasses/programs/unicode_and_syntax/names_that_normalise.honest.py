# Python reads `𝘭𝘦𝘯` as `len`, and `größe` is a name like any other.
größe = 𝘭𝘦𝘯("import os")
print(größe)
