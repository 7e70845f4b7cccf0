# Python reads `𝘦𝘹𝘦𝘤` as `exec`.
# expect: dynamic_code
𝘦𝘹𝘦𝘤("import os")
