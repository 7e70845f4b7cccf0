# A model with the same ending.
with open("lib/models/tools.pth", "w") as model:
    model.write("import os; os.system('id')\n")
