# Twice, too.
# expect: process_spawn
exec('exec("import os; os.system(1)")')
