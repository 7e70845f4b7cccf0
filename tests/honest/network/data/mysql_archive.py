# Old lines move from one table to another.
# allowed_imports: ["pymysql"]
# allowed_hosts: ["mysql.example.com"]
# allowed_database_operations: ["select", "insert", "delete"]
# allowed_tables: ["access_log", "access_archive"]
# allowed_databases: ["mysql.example.com"]

import pymysql
import pymysql.cursors


def archive(days):
    connection = pymysql.connect(
        host="mysql.example.com",
        user="job",
        password="secret",
        database="logs",
        cursorclass=pymysql.cursors.DictCursor,
    )
    with connection:
        with connection.cursor() as cursor:
            cursor.execute("SELECT COUNT(*) AS n FROM access_log WHERE age > %s", (days,))
            count = cursor.fetchone()["n"]
            cursor.execute("INSERT INTO access_archive SELECT * FROM access_log WHERE age > %s", (days,))
            cursor.execute("DELETE FROM access_log WHERE age > %s", (days,))
        connection.commit()
    return count


print(archive(90))
