# A container is listed, and a file goes into it.
# allowed_imports: ["azure"]
# allowed_hosts: ["acme.blob.core.windows.net"]
# allowed_file_operations: ["read"]
# allowed_file_paths: ["notes.txt"]

from azure.identity import DefaultAzureCredential
from azure.storage.blob import BlobServiceClient

service = BlobServiceClient("https://acme.blob.core.windows.net", credential=DefaultAzureCredential())
container = service.get_container_client("backups")

for blob in container.list_blobs(name_starts_with="2024/"):
    print(blob.name, blob.size)

client = service.get_blob_client("backups", "2024/notes.txt")
with open("notes.txt", "rb") as file:
    client.upload_blob(file, overwrite=True)
