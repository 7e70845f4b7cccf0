# Products are updated from a file, and some listed.
# allowed_imports: ["json", "pathlib", "pymongo"]
# allowed_hosts: ["mongo.example.com"]
# allowed_file_operations: ["read"]
# allowed_file_paths: ["products.json"]
# allowed_database_operations: ["update", "select"]
# allowed_tables: ["products"]
# allowed_databases: ["mongo.example.com"]

import json
from pathlib import Path

import pymongo

client = pymongo.MongoClient("mongodb://mongo.example.com:27017")
db = client.get_database("shop")
products = db.products

for product in json.loads(Path("products.json").read_text()):
    products.update_one({"sku": product["sku"]}, {"$set": product}, upsert=True)

for product in products.find({"stock": {"$gt": 0}}, sort=[("price", pymongo.ASCENDING)]).limit(10):
    print(product["name"])
