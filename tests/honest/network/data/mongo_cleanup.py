# Old sessions are deleted, and how many is written down.
# allowed_imports: ["datetime", "pymongo"]
# allowed_hosts: ["mongo.example.com"]
# allowed_database_operations: ["select", "delete", "insert"]
# allowed_tables: ["sessions", "audit"]
# allowed_databases: ["mongo.example.com"]

from datetime import datetime, timedelta

from pymongo import MongoClient

client = MongoClient("mongodb://mongo.example.com:27017", serverSelectionTimeoutMS=3000)
sessions = client["app"]["sessions"]
limit = datetime.now() - timedelta(days=30)

stale = sessions.count_documents({"seen": {"$lt": limit}})
if stale:
    sessions.delete_many({"seen": {"$lt": limit}})
client.app.audit.insert_one({"job": "cleanup", "removed": stale, "at": datetime.now()})
print(f"removed {stale} sessions")
