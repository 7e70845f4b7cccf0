# %% a page is fetched
import urllib.request

try:
    with urllib.request.urlopen("http://api.example.com/v1/items?page=1", timeout=2) as response:
        print(response.status)
except OSError as error:
    print("offline", type(error).__name__)

# %% a page is fetched with a header of one's own
from urllib.error import URLError
from urllib.request import Request, urlopen

request = Request("https://api.example.com/x", headers={"Accept": "application/json"})
try:
    urlopen(request)
except URLError as error:
    print(error.reason)

# %% data is posted
import json
import urllib.request

body = json.dumps({"a": 1}).encode()
request = urllib.request.Request("https://api.example.com/items", data=body, method="PUT")
try:
    urllib.request.urlopen(request, timeout=1)
except urllib.error.URLError:
    print("offline")

# %% a query is built
import urllib.parse
import urllib.request

query = urllib.parse.urlencode({"q": "a b", "n": 3})
url = f"https://search.example.com/find?{query}"
try:
    urllib.request.urlopen(url)
except OSError:
    print(url)

# %% several pages by number
import urllib.request

for page in range(1, 3):
    try:
        urllib.request.urlopen(f"http://api.example.com/items/{page}.json")
    except OSError:
        continue

# %% relative links are joined
from urllib.parse import urljoin
from urllib.request import urlopen

BASE = "https://docs.example.com/guide/"
for link in ("intro.html", "../index.html"):
    try:
        urlopen(urljoin(BASE, link))
    except OSError:
        pass

# %% a file is downloaded
import urllib.request

try:
    urllib.request.urlretrieve("https://files.example.com/data.zip", "data.zip")
except OSError:
    open("data.zip", "wb").close()

# %% an opener with cookies
import http.cookiejar
import urllib.request

jar = http.cookiejar.CookieJar()
opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
try:
    opener.open("http://shop.example.com/")
except OSError:
    print(len(jar))

# %% cookies are kept in a file
import http.cookiejar

jar = http.cookiejar.LWPCookieJar("cookies.txt")
jar.save()
jar.load()

# %% a connection is used directly
import http.client

connection = http.client.HTTPSConnection("api.example.com", timeout=1)
try:
    connection.request("GET", "/status")
except OSError:
    print("offline")
finally:
    connection.close()

# %% a port is asked for
import socket

with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
    probe.settimeout(0.2)
    print(probe.connect_ex(("127.0.0.1", 9)))

# %% a name is looked up
import socket

try:
    print(socket.gethostbyname("www.example.com"))
except socket.gaierror:
    print("unknown")

# %% all addresses of a name
import socket

for host in ("localhost", "db.example.com"):
    try:
        print(socket.getaddrinfo(host, 443, type=socket.SOCK_STREAM)[0][4])
    except OSError as error:
        print(host, error)

# %% a server and its client in two threads
import socket
import threading

server = socket.socket()
server.bind(("127.0.0.1", 0))
server.listen()
port = server.getsockname()[1]

def serve():
    client, _ = server.accept()
    with client:
        client.sendall(b"hello")

thread = threading.Thread(target=serve)
thread.start()
with socket.create_connection(("127.0.0.1", port)) as connection:
    print(connection.recv(10))
thread.join()
server.close()

# %% a datagram
import socket

receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
receiver.bind(("127.0.0.1", 0))
sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sender.sendto(b"x", ("127.0.0.1", receiver.getsockname()[1]))
print(receiver.recv(5))

# %% a socket in the folder
import os
import socket

server = socket.socket(socket.AF_UNIX)
server.bind("control.sock")
server.listen(1)
client = socket.socket(socket.AF_UNIX)
client.connect("control.sock")
client.close()
server.close()
os.unlink("control.sock")

# %% a pair of sockets
import socket

left, right = socket.socketpair()
left.send(b"ping")
print(right.recv(4))

# %% an HTTP server answers once
import http.server
import threading
import urllib.request

class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *args):
        pass

server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
thread = threading.Thread(target=server.handle_request)
thread.start()
print(urllib.request.urlopen(f"http://127.0.0.1:{server.server_port}/").read())
thread.join()
server.server_close()

# %% a server of lines
import socketserver
import threading
import socket

class Echo(socketserver.StreamRequestHandler):
    def handle(self):
        self.wfile.write(self.rfile.readline().upper())

with socketserver.TCPServer(("localhost", 0), Echo) as server:
    threading.Thread(target=server.handle_request).start()
    with socket.create_connection(server.server_address) as client:
        client.sendall(b"hello\n")
        print(client.recv(20))

# %% an asynchronous echo
import asyncio

async def handle(reader, writer):
    writer.write(await reader.readline())
    await writer.drain()
    writer.close()

async def main():
    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"x\n")
    print(await reader.readline())
    writer.close()
    server.close()

asyncio.run(main())

# %% a mail is sent
import smtplib
from email.message import EmailMessage

message = EmailMessage()
message["To"] = "ann@example.com"
message.set_content("hi")
try:
    with smtplib.SMTP("mail.example.com", 25, timeout=1) as server:
        server.send_message(message)
except OSError:
    print("not sent")

# %% a mailbox is looked at
import imaplib
import poplib

for connect in (imaplib.IMAP4_SSL, poplib.POP3_SSL):
    try:
        connect("mail.example.com", timeout=1)
    except OSError:
        print("offline")

# %% a file by FTP
import ftplib

try:
    with ftplib.FTP("ftp.example.com", timeout=1) as ftp:
        ftp.login()
except OSError:
    print("offline")

# %% a remote procedure
import xmlrpc.client

proxy = xmlrpc.client.ServerProxy("http://rpc.example.com/api")
try:
    proxy.add(1, 2)
except OSError:
    print("offline")

# %% a status check of several services
import urllib.request

SERVICES = {"web": "https://www.example.com", "api": "https://api.example.com/health"}
status = {}
for name, url in SERVICES.items():
    try:
        status[name] = urllib.request.urlopen(url, timeout=1).status
    except OSError:
        status[name] = None
with open("status.txt", "w") as out:
    out.writelines(f"{name}: {code}\n" for name, code in status.items())

# %% what a site permits to robots
import urllib.robotparser

robots = urllib.robotparser.RobotFileParser("https://www.example.com/robots.txt")
try:
    robots.read()
except OSError:
    robots.parse(["User-agent: *", "Disallow: /private"])
print(robots.can_fetch("*", "https://www.example.com/private"))

# %% a secure connection
import socket
import ssl

context = ssl.create_default_context()
try:
    with socket.create_connection(("www.example.com", 443), timeout=1) as plain:
        with context.wrap_socket(plain, server_hostname="www.example.com") as secure:
            print(secure.version())
except OSError:
    print("offline")

# %% a client by a class with a base address
import json
import urllib.request

class Client:
    BASE = "https://api.example.com"

    def __init__(self, timeout=1):
        self.timeout = timeout

    def get(self, path):
        with urllib.request.urlopen(self.BASE + path, timeout=self.timeout) as response:
            return json.load(response)

try:
    print(Client().get("/users"))
except OSError:
    print({})

# %% logs go to another machine
import logging
import logging.handlers

logger = logging.getLogger("remote")
logger.addHandler(logging.handlers.DatagramHandler("127.0.0.1", 9999))
logger.warning("x")
logging.raiseExceptions = False
logger.addHandler(logging.handlers.SysLogHandler(("127.0.0.1", 514)))
logger.warning("y")

# %% addresses are computed, nothing is contacted
import ipaddress

network = ipaddress.ip_network("192.0.2.0/29")
print([str(host) for host in network.hosts()], ipaddress.ip_address("192.0.2.3") in network)

# %% URLs are taken apart, nothing is contacted
from urllib.parse import parse_qs, urlsplit

parts = urlsplit("https://user@example.com:8080/a/b?x=1&x=2#top")
print(parts.hostname, parts.port, parse_qs(parts.query))
