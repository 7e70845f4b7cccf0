# A file is fetched from an FTP server.
# allowed_imports: ["ftplib", "pathlib"]
# allowed_hosts: ["ftp.example.com"]
# allowed_file_operations: ["write"]
# allowed_file_paths: ["prices.csv"]

from ftplib import FTP
from pathlib import Path

with FTP("ftp.example.com") as ftp:
    ftp.login("job", "secret")
    ftp.cwd("/outgoing")
    with Path("prices.csv").open("wb") as file:
        ftp.retrbinary("RETR prices.csv", file.write)
