# Files of a site are published to a bucket.
# allowed_imports: ["google"]
# allowed_hosts: ["storage.googleapis.com"]
# allowed_file_operations: ["read"]
# allowed_file_paths: ["index.html", "style.css"]

from google.cloud import storage


def publish(bucket_name, names):
    client = storage.Client(project="acme")
    bucket = client.bucket(bucket_name)
    for name in names:
        blob = bucket.blob(f"site/{name}")
        blob.upload_from_filename(name)
        blob.cache_control = "public, max-age=3600"
        blob.patch()
    for blob in client.list_blobs(bucket_name, prefix="site/"):
        print(blob.name, blob.size)


publish("acme-site", ["index.html", "style.css"])
