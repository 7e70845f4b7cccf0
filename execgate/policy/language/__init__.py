"""Policy text: how it is found, read, mended where it is broken, and turned into a tree."""
