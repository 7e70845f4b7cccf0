# A token from a store of secrets is used for an API.
# allowed_imports: ["json", "boto3", "requests"]
# allowed_hosts: ["secretsmanager.us-west-2.amazonaws.com", "crm.example.com"]

import json

import boto3
import requests


def secret(name):
    client = boto3.Session(region_name="us-west-2").client("secretsmanager")
    return json.loads(client.get_secret_value(SecretId=name)["SecretString"])


token = secret("prod/crm")["token"]
reply = requests.get(
    "https://crm.example.com/api/contacts", headers={"Authorization": f"Bearer {token}"}, timeout=10
)
print(len(reply.json()))
