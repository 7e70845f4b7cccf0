# Jobs are taken from a queue and done.
# allowed_imports: ["json", "boto3"]
# allowed_hosts: ["sqs.eu-west-1.amazonaws.com"]

import json

import boto3

QUEUE = "https://sqs.eu-west-1.amazonaws.com/123456789012/jobs"


def work(job):
    return {"id": job["id"], "result": sum(job["numbers"])}


def main():
    sqs = boto3.client("sqs", region_name="eu-west-1")
    while True:
        reply = sqs.receive_message(QueueUrl=QUEUE, MaxNumberOfMessages=10, WaitTimeSeconds=20)
        messages = reply.get("Messages", [])
        if not messages:
            return
        for message in messages:
            print(work(json.loads(message["Body"])))
            sqs.delete_message(QueueUrl=QUEUE, ReceiptHandle=message["ReceiptHandle"])


main()
