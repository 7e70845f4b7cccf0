"""Source to operations; the only room that imports libcst."""
