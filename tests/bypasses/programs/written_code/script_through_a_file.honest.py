# A script that is handed over.
with open("job.sh", "w") as job:
    job.write("rm -rf /srv/data\n")
