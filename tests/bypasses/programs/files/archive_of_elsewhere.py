# An archive in the folder takes in files from elsewhere.
# expect: file_operation
import shutil

shutil.make_archive("/workspace/a", "zip", "/etc")
