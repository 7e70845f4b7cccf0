# A class is called by the way in which classes are called.
# expect: process_spawn
import subprocess

type.__call__(subprocess.Popen, ["id"])
