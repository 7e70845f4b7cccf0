# pandas hands out its own `os`, which cleans up in the folder.
import pandas as pd

pd.io.common.os.remove("/workspace/old.csv")
