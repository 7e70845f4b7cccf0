# policy: data_agent
import math
import pandas as pd

EARTH_KM = 6371.0088


def haversine(lat1, lon1, lat2, lon2):
    p1, p2 = math.radians(lat1), math.radians(lat2)
    dp, dl = p2 - p1, math.radians(lon2 - lon1)
    h = math.sin(dp / 2) ** 2 + math.cos(p1) * math.cos(p2) * math.sin(dl / 2) ** 2
    return 2 * EARTH_KM * math.asin(math.sqrt(h))


places = pd.read_csv("places.csv").set_index("name")
pairs = [
    (a, b, haversine(*places.loc[a, ["lat", "lon"]], *places.loc[b, ["lat", "lon"]]))
    for i, a in enumerate(places.index)
    for b in places.index[i + 1 :]
]
table = pd.DataFrame(pairs, columns=["from", "to", "km"]).sort_values("km")
table.round(1).to_csv("distances.csv", index=False)
print(table.head(3), table.tail(3), sep="\n")
