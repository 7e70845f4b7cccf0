# The name of an argument is written in full-width letters.
# expect: process_spawn
import subprocess

subprocess.run(ａｒｇｓ=["id"])
