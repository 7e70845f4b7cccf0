# A table and a file go into one bucket of S3.
# allowed_imports: ["csv", "io", "datetime", "boto3"]
# allowed_hosts: ["s3.eu-west-1.amazonaws.com", "acme-reports.s3.eu-west-1.amazonaws.com"]
# allowed_file_operations: ["read"]
# allowed_file_paths: ["summary.pdf"]

import csv
import io
from datetime import date

import boto3


def render(rows):
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(["sku", "sold"])
    writer.writerows(rows)
    return buffer.getvalue().encode()


def upload(rows):
    s3 = boto3.client("s3", region_name="eu-west-1")
    key = f"sales/{date.today():%Y/%m/%d}.csv"
    s3.put_object(Bucket="acme-reports", Key=key, Body=render(rows), ContentType="text/csv")
    s3.upload_file("summary.pdf", "acme-reports", key.replace(".csv", ".pdf"))
    return key


print(upload([("A-1", 3), ("B-2", 8)]))
