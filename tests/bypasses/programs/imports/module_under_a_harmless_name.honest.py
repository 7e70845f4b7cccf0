# A harmless module under the name of another.
import json as os

print(os.dumps([1]))
