# A constant of a library is set to a path, and opened under its name.
# expect: file_operation
import string

string.digits = "/etc/cron.d/job"
with open(string.digits, "w") as file:
    file.write("* * * * * root id")
