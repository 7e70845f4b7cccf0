# A name counts from a folder that is open.
# expect: file_operation
import os

folder = os.open("/etc", os.O_RDONLY)
os.open("passwd", os.O_RDONLY, dir_fd=folder)
