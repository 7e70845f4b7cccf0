# An address is looked up with the standard library alone.
# allowed_imports: ["json", "urllib"]
# allowed_hosts: ["nominatim.openstreetmap.org"]

import json
import urllib.parse
import urllib.request


def geocode(address):
    query = urllib.parse.urlencode({"q": address, "format": "json"})
    request = urllib.request.Request(
        f"https://nominatim.openstreetmap.org/search?{query}", headers={"User-Agent": "job"}
    )
    with urllib.request.urlopen(request, timeout=10) as response:
        found = json.load(response)
    return (float(found[0]["lat"]), float(found[0]["lon"])) if found else None


print(geocode("10 Downing Street, London"))
