# A pickle is written, and JSON is read.
import json, pickle

with open("/workspace/rows.pkl", "wb") as file:
    pickle.dump([1, 2], file)
print(json.loads("[1, 2]"))
