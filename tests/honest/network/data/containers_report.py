# A program runs in a container.
# allowed_imports: ["docker"]
# allowed_file_operations: ["write"]
# allowed_file_paths: ["/var/run/docker.sock"]
# allowed_environment: ["DOCKER_HOST"]
# allowed_commands: ["docker"]

import docker

client = docker.from_env()
output = client.containers.run("python:3.12-slim", ["python", "--version"], remove=True)
print(output.decode())
