# A path that climbs, and stays in the folder.
open("data/../data.csv")
