# A copy in the folder stays in it.
import shutil

shutil.copy("/workspace/a.csv", "/workspace/x")
open("/workspace/x")
