# A text about code is printed, and no more.
print("import os\nos.system('id')")
