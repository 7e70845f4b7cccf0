# A script that the program writes, then starts.
# expect: file_operation
import subprocess

with open("job.sh", "w") as job:
    job.write("rm -rf /srv/data\n")
subprocess.run(["sh", "job.sh"])
