# Code that is in no string when it is run.
# expect: file_operation
with open("job.py", "w") as job:
    job.write("open('/etc/passwd')")
exec(open("job.py").read())
