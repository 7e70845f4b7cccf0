# A path in the folder, in pieces.
import os

open(os.path.join(os.sep, "workspace", "da" + "ta.csv"))
