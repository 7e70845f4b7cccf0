# An annotation names a type.
import os

x: os.PathLike = "/workspace/data.csv"
