# A path that climbs out.
# expect: file_operation
open("data/../../etc/passwd")
