# A name counts from the working folder.
import os

os.open("data.csv", os.O_RDONLY)
