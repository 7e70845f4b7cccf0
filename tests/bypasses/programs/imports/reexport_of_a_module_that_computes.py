# A harmless module hands out a harmless module, which hands out `open`.
# expect: file_operation
import json

json.codecs.open("/etc/passwd")
