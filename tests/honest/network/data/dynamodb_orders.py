# Orders are put into a table of DynamoDB and asked for again.
# allowed_imports: ["decimal", "boto3"]
# allowed_hosts: ["dynamodb.eu-central-1.amazonaws.com"]
# allowed_database_operations: ["insert", "select"]
# allowed_tables: ["orders"]
# allowed_databases: ["dynamodb.eu-central-1.amazonaws.com"]

from decimal import Decimal

import boto3
from boto3.dynamodb.conditions import Key

table = boto3.resource("dynamodb", region_name="eu-central-1").Table("orders")


def place(order_id, customer, total):
    table.put_item(Item={"id": order_id, "customer": customer, "total": Decimal(total)})


def orders_of(customer):
    reply = table.query(IndexName="by_customer", KeyConditionExpression=Key("customer").eq(customer))
    return reply["Items"]


place("o-1", "ann", "19.99")
with table.batch_writer() as batch:
    for number in range(2, 20):
        batch.put_item(Item={"id": f"o-{number}", "customer": "bob", "total": Decimal("5")})
print(sum(order["total"] for order in orders_of("bob")))
