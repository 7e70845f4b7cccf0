"""Clients of the field, unchanged, in a network of their own from which nothing but the gate can be reached.

The way out that a cell has is started here without a cell: in namespaces of its own, with the libraries of the
test's own environment.
"""

import datetime as dt
import ipaddress
import os
import shutil
import ssl
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from tests.sandbox.network.conftest import Server, answers_requests

pytestmark = pytest.mark.engine

GUEST = Path(__file__).parents[3] / "sandbox"
INSIDE = """
import fcntl, json, os, socket, struct, subprocess, sys
door, resolv, guest, network = sys.argv[1:5]
s = socket.socket()  # loopback, up
fcntl.ioctl(s, 0x8914, struct.pack("16sH14x", b"lo", 0x1 | 0x40))
s.close()
for command in (["mount", "-t", "tmpfs", "none", "/run"], ["mkdir", "/run/execgate"],
                ["mount", "--bind", door, "/run/execgate"], ["mount", "--bind", resolv, "/etc/resolv.conf"]):
    subprocess.run(command, check=True)
open("/proc/sys/net/ipv4/ip_unprivileged_port_start", "w").write("0")
sys.path.insert(0, guest)
from execgate_guest import runner, shim
network = json.loads(network)
why = shim.start(network)
if why is not None:
    sys.exit(why)
sys.path.pop(0)
os.environ.update(runner.proxies(network))
exec(compile(sys.stdin.read(), "program", "exec"))
"""


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    """Make a certificate authority, and a server's certificate for one name."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    folder = tmp_path_factory.mktemp("ca")
    now = dt.datetime.now(dt.timezone.utc)

    def made(name, issuer, key, signer, *extensions):
        def named(text):
            return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])

        builder = (
            x509.CertificateBuilder()
            .subject_name(named(name))
            .issuer_name(named(issuer))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - dt.timedelta(days=1))
            .not_valid_after(now + dt.timedelta(days=1))
        )
        for extension, critical in extensions:
            builder = builder.add_extension(extension, critical)
        return builder.sign(signer, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)

    root, leaf = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    identifier = x509.SubjectKeyIdentifier.from_public_key(root.public_key())
    usage = x509.KeyUsage(
        digital_signature=False,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=True,
        crl_sign=True,
        encipher_only=False,
        decipher_only=False,
    )
    (folder / "ca.pem").write_bytes(
        made(
            "test",
            "test",
            root,
            root,
            (x509.BasicConstraints(ca=True, path_length=None), True),
            (identifier, False),
            (usage, True),
        )
    )
    names = x509.SubjectAlternativeName(
        [x509.DNSName("api.example.com"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    )
    issuer = x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier)
    (folder / "server.pem").write_bytes(
        leaf.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        + made("api.example.com", "test", leaf, root, (names, False), (issuer, False))
    )
    return folder


@pytest.fixture
def secure(authority):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority / "server.pem")

    def handle(server, connection, index):
        connection.settimeout(10)
        try:
            with context.wrap_socket(connection, server_side=True) as wrapped:
                answers_requests(server, wrapped, index)
        except (OSError, ssl.SSLError):
            pass

    one = Server(handle)
    yield one
    one.close()


@pytest.fixture
def inside(grant, door, web, secure, authority):
    """Run a program behind the way out, with one name granted at the ports of both servers."""
    grant(web.port, secure.port)
    resolv = door.folder.parent / "resolv.conf"
    resolv.write_text("nameserver 127.0.0.1\n")

    def inside(text):
        ports = [80, 443, web.port, secure.port]
        network = f'{{"ports": {ports}, "loopback": [["127.0.0.1", {web.port}]], "own_loopback": false}}'
        text = textwrap.dedent(text).replace("PLAIN", str(web.port)).replace("SECURE", str(secure.port))
        unshare = ["unshare", "--net", "--mount", "--pid", "--fork", "--kill-child"]
        if os.geteuid() != 0:
            unshare += ["--user", "--map-root-user"]
        environment = {
            "PATH": os.environ["PATH"],
            "SSL_CERT_FILE": str(authority / "ca.pem"),
            "REQUESTS_CA_BUNDLE": str(authority / "ca.pem"),
            "CURL_CA_BUNDLE": str(authority / "ca.pem"),
        }
        run = subprocess.run(
            [*unshare, sys.executable, "-c", INSIDE, str(door.folder), str(resolv), str(GUEST), network],
            input=text,
            capture_output=True,
            text=True,
            timeout=60,
            env=environment,
            cwd="/",
            check=False,
        )
        assert run.returncode == 0, run.stderr
        return run.stdout

    return inside


WAYS = {
    "urllib": """
        import urllib.request
        def get(url):
            return urllib.request.urlopen(url, timeout=20).read().decode()
    """,
    "requests": """
        import requests
        session = requests.Session()
        def get(url):
            answer = session.get(url, timeout=20)
            answer.raise_for_status()
            return answer.text
    """,
    "httpx": """
        import httpx
        client = httpx.Client(timeout=20)
        def get(url):
            return client.get(url).raise_for_status().text
    """,
    "httpx, which is told of no proxy": """
        import httpx, ssl
        client = httpx.Client(timeout=20, trust_env=False, verify=ssl.create_default_context())
        def get(url):
            return client.get(url).raise_for_status().text
    """,
    "aiohttp": """
        import aiohttp, asyncio
        async def got(url):
            async with aiohttp.ClientSession(raise_for_status=True) as session, session.get(url) as answer:
                return await answer.text()
        def get(url):
            return asyncio.run(got(url))
    """,
    "aiohttp, which is told of a proxy": """
        import aiohttp, asyncio
        async def got(url):
            async with aiohttp.ClientSession(raise_for_status=True, trust_env=True) as session:
                async with session.get(url) as answer:
                    return await answer.text()
        def get(url):
            return asyncio.run(got(url))
    """,
    "http.client": """
        import http.client, urllib.parse
        def get(url):
            parts = urllib.parse.urlsplit(url)
            kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
            connection = kind(parts.netloc, timeout=20)
            connection.request("GET", parts.path)
            answer = connection.getresponse()
            if answer.status != 200:
                raise OSError(answer.reason)
            return answer.read().decode()
    """,
    "a socket": """
        import socket, ssl, urllib.parse
        def get(url):
            parts = urllib.parse.urlsplit(url)
            s = socket.create_connection((parts.hostname, parts.port or 80), 20)
            if parts.scheme == "https":
                s = ssl.create_default_context().wrap_socket(s, server_hostname=parts.hostname)
            s.sendall(f"GET {parts.path} HTTP/1.1\\r\\nHost: {parts.netloc}\\r\\n\\r\\n".encode())
            found = s.recv(4096)
            while not found.endswith(b"|"):
                more = s.recv(4096)
                if not more:
                    raise OSError(found.decode())
                found += more
            return found.decode().partition("\\r\\n\\r\\n")[2]
    """,
    "curl": """
        import subprocess
        def get(url):
            run = subprocess.run(["curl", "-sSf", "--max-time", "20", url], capture_output=True, text=True)
            if run.returncode:
                raise OSError(run.stderr)
            return run.stdout
    """,
}

ASKED = """
print(get("http://api.example.com:PLAIN/plain"))
print(get("https://api.example.com:SECURE/secure"))
for url in ("http://evil.example/", "https://evil.example/", "http://api.example.com:SECURE0/", "http://169.254.169.254/"):
    try:
        get(url)
        print("reached", url)
    except Exception:
        pass
"""


@pytest.mark.parametrize("way", WAYS)
def test_a_client_works_unchanged_for_what_is_granted_and_for_nothing_else(inside, door, way):
    if way == "curl" and shutil.which("curl") is None:
        pytest.skip("there is no curl on this machine")
    out = inside(textwrap.dedent(WAYS[way]) + ASKED.replace("SECURE0", "9"))
    assert out == "GET /plain HTTP/1.1|\nGET /secure HTTP/1.1|\n"
    told = door.leave()
    assert {(one.host, one.scheme) for one in told if one.refused is None} == {
        ("api.example.com", "http"),
        ("api.example.com", "https"),
    }
    assert {one.host for one in told if one.refused is not None} >= {"evil.example"}


def test_the_gates_own_machine_is_reached_where_it_is_granted(inside):
    text = textwrap.dedent(WAYS["a socket"]) + 'print(get("http://127.0.0.1:PLAIN/here"))'
    assert inside(text) == "GET /here HTTP/1.1|\n"
    text = textwrap.dedent(WAYS["urllib"]) + 'print(get("http://127.0.0.1:PLAIN/here"))'
    assert inside(text) == "GET /here HTTP/1.1|\n"


def test_a_client_opens_as_many_connections_as_it_does_by_itself(inside):
    text = """
        import aiohttp, asyncio
        async def main():
            patience = aiohttp.ClientTimeout(total=12)  # shorter than idle ones are kept
            async with aiohttp.ClientSession(timeout=patience) as session:
                async def got():
                    async with session.get("https://api.example.com:SECURE/x") as answer:
                        return await answer.text()
                return await asyncio.gather(*[got() for _ in range(120)])
        print(set(asyncio.run(main())))
    """
    assert inside(text) == "{'GET /x HTTP/1.1|'}\n"


def test_much_goes_through_both_ways_at_once(inside):
    text = """
        import urllib.request
        body = bytes(range(256)) * 40_000
        request = urllib.request.Request("http://api.example.com:PLAIN/", data=body)
        print(urllib.request.urlopen(request, timeout=50).read().endswith(body))
        import socket, threading
        def one(number):
            s = socket.create_connection(("api.example.com", PLAIN), 20)
            s.sendall(f"GET /{number} HTTP/1.1\\r\\nHost: api.example.com:PLAIN\\r\\nConnection: close\\r\\n\\r\\n".encode())
            found = b""
            while not found.endswith(b"|"):
                found += s.recv(4096) or b"?|"
            results.append(f"GET /{number} ".encode() in found)
        results = []
        threads = [threading.Thread(target=one, args=(number,)) for number in range(100)]
        [thread.start() for thread in threads]
        [thread.join() for thread in threads]
        print(len(results), all(results))
    """
    assert inside(text) == "True\n100 True\n"
