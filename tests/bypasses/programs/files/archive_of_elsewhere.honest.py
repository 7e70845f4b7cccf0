# An archive in the folder takes in files of the folder.
import shutil

shutil.make_archive("/workspace/a", "zip", "/workspace/data")
