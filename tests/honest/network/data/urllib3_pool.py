# A pool of connections with its own retries and time limits.
# allowed_imports: ["json", "urllib3"]
# allowed_hosts: ["search.example.com"]

import json

import urllib3

http = urllib3.PoolManager(num_pools=4, retries=urllib3.Retry(3), timeout=urllib3.Timeout(5))


def search(term):
    reply = http.request("GET", "https://search.example.com/v1/items", fields={"q": term})
    return json.loads(reply.data.decode("utf-8"))["items"]


for item in search("chairs"):
    print(item["name"], item["price"])
