# pandas hands out its own `os`, however deep.
# expect: process_spawn
import pandas as pd

pd.io.common.os.system("id")
