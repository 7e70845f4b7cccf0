# One dictionary is spread over another; all that either holds stays in the folder.
import os
u={input():os.remove}
d={'f':print,**u}
d['f']('/workspace/old.csv')
