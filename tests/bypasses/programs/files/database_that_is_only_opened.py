# A database is opened and nothing else: that creates its file.
# expect: file_operation
import sqlite3

sqlite3.connect("/etc/cron.d/job").close()
