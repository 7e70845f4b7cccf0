# `fileinput` rewrites files in place.
# expect: file_operation
import fileinput

for line in fileinput.FileInput(["/etc/hosts"], inplace=True):
    print(line)
