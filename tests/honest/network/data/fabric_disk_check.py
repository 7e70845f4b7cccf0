# Two servers are asked how full their disks are.
# allowed_imports: ["fabric"]
# allowed_hosts: ["web1.example.com", "web2.example.com"]

from fabric import Connection

for host in ("web1.example.com", "web2.example.com"):
    with Connection(host, user="monitor") as connection:
        result = connection.run("df -h /", hide=True)
        used = result.stdout.splitlines()[-1].split()[4]
        print(f"{host}: {used}")
