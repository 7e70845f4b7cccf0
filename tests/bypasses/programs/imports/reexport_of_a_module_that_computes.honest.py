# A harmless module is used for itself.
import json

print(json.decoder.JSONDecoder().decode("[]"))
