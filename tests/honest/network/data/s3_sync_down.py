# A bucket of S3 is listed, and one object of it downloaded.
# allowed_imports: ["os", "boto3"]
# allowed_hosts: ["s3.us-east-1.amazonaws.com", "acme-models.s3.us-east-1.amazonaws.com"]
# allowed_file_operations: ["create", "write"]
# allowed_file_paths: ["models"]

import os

import boto3

BUCKET = "acme-models"


def sync(prefix, folder):
    s3 = boto3.resource("s3", region_name="us-east-1")
    bucket = s3.Bucket(BUCKET)
    os.makedirs(folder, exist_ok=True)
    for item in bucket.objects.filter(Prefix=prefix):
        print(item.key, item.size)
    bucket.download_file(f"{prefix}weights.bin", os.path.join(folder, "weights.bin"))


sync("resnet/", "models")
