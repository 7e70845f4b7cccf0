# A document is indexed and found.
# allowed_imports: ["elasticsearch"]
# allowed_hosts: ["search.example.com:9200"]
# allowed_database_operations: ["insert", "select"]
# allowed_tables: ["articles"]
# allowed_databases: ["search.example.com"]

from elasticsearch import Elasticsearch

es = Elasticsearch("https://search.example.com:9200", api_key="secret")

es.index(index="articles", id="1", document={"title": "Gates", "body": "Deny by default"})
found = es.search(index="articles", query={"match": {"body": "default"}})
for hit in found["hits"]["hits"]:
    print(hit["_score"], hit["_source"]["title"])
