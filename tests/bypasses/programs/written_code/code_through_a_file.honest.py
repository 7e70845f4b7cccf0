# Code that is only looked at.
with open("job.py", "w") as job:
    job.write("open('/etc/passwd')")
print(open("job.py").read())
