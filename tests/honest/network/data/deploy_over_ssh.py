# A release is copied to a server and unpacked there.
# allowed_imports: ["paramiko"]
# allowed_file_operations: ["read"]
# allowed_file_paths: ["~/.ssh/known_hosts", "/home/agent/.ssh/deploy_key", "dist/app.tar.gz"]
# allowed_hosts: ["web1.example.com"]

import paramiko

client = paramiko.SSHClient()
client.load_system_host_keys()
client.connect("web1.example.com", username="deploy", key_filename="/home/agent/.ssh/deploy_key")
try:
    sftp = client.open_sftp()
    sftp.put("dist/app.tar.gz", "/srv/releases/app.tar.gz")
    sftp.close()
    for command in ("tar -C /srv/app -xzf /srv/releases/app.tar.gz", "systemctl reload app"):
        _, output, errors = client.exec_command(command)
        print(output.read().decode(), errors.read().decode())
finally:
    client.close()
