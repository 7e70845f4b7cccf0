# A line of a path file that begins with `import` is code.
# expect: process_spawn
with open("lib/site-packages/tools.pth", "w") as paths:
    paths.write("import os; os.system('id')\n")
