"""Programs that may reach one host, and try to reach everything else; and those that may reach none."""

import dataclasses
import textwrap

import pytest

from execgate.model.confines import OPEN, Confines, Session
from execgate.model.execution import Start, Stop
from execgate.sandbox.network import reach
from tests.sandbox.network.conftest import Server, answers_requests, echoes

pytestmark = pytest.mark.engine

NAMES = {
    "api.example.com": ["127.0.0.1"],
    "inside.example.com": ["10.0.0.5"],
    "cloud.example.com": ["169.254.169.254"],
}


@pytest.fixture(scope="module")
def web():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reach, "look_up", lambda name: NAMES[name] if name in NAMES else nowhere())
        one = Server(answers_requests)
        yield one
        one.close()


def nowhere():
    raise OSError(2, "no such name")


@pytest.fixture(scope="module")
def secret():
    """Start a service of the host that nobody granted."""
    one = Server(echoes)
    yield one
    one.close()


@pytest.fixture
def go(sandbox, authorize, web, secret):
    """Run a program that may reach one name and port, and the address of it."""
    web.got.clear()

    def permits(call):
        granted = ("api.example.com", "127.0.0.1", "inside.example.com", "cloud.example.com")
        return call.destination in granted and call.port == web.port

    def go(text, **limits):
        confines = dataclasses.replace(OPEN, ports=(80, 443, web.port))
        text = TOOLS + textwrap.dedent(text)
        text = text.replace("PORT", str(web.port)).replace("SECRET", str(secret.port))
        return sandbox.run(authorize(text, confines=confines, **limits), permits=permits)

    return go


TOOLS = """
import socket, os, time
def gate():
    s = socket.socket(socket.AF_UNIX)
    s.connect("/run/execgate/proxy.sock")
    s.settimeout(20)
    return s
def proxy():
    return socket.create_connection(("127.0.0.1", 3128), 20)
def rest(s):
    found = b""
    try:
        while True:
            piece = s.recv(65536)
            if not piece:
                break
            found += piece
    except OSError:
        pass
    return found
def say(s, text):
    s.sendall(text.encode())
    return rest(s)
def status(s, text):
    return say(s, text).split(b" ")[1:2]
def asked(host, port, more=""):
    return f"CONNECT {host}:{port} HTTP/1.1\\r\\nHost: {host}:{port}\\r\\n{more}\\r\\n"
GOOD = "GET http://api.example.com:PORT/good HTTP/1.1\\r\\nHost: api.example.com:PORT\\r\\nConnection: close\\r\\n\\r\\n"
"""


def test_the_granted_host_is_reached_by_every_way(go):
    text = """
        print(status(gate(), GOOD), status(proxy(), GOOD))
        s = socket.create_connection(("api.example.com", PORT), 20)
        s.sendall(b"GET /raw HTTP/1.1\\r\\nHost: api.example.com:PORT\\r\\nConnection: close\\r\\n\\r\\n")
        print(rest(s).split(b"\\r\\n\\r\\n")[1])
        import urllib.request
        print(urllib.request.urlopen("http://api.example.com:PORT/u").read())
    """
    result = go(text)
    assert result.stdout == "[b'200'] [b'200']\nb'GET /raw HTTP/1.1|'\nb'GET /u HTTP/1.1|'\n", result.stderr
    assert [(one.host, one.address, one.refused, one.attempts) for one in result.connections] == [
        ("api.example.com", "127.0.0.1", None, 4)
    ]


HOSTS = [
    "127.0.0.1", "localhost", "127.1", "0x7f.1", "0177.0.0.1", "2130706433", "[::1]", "[::ffff:127.0.0.1]", "[::]",
    "0.0.0.0", "172.17.0.1", "10.0.0.1", "169.254.169.254", "[fe80::1%25eth0]", "metadata.google.internal",
    "host.docker.internal", "api.example.com", "api.example.com.", "user@api.example.com", "api.example.com@localhost",
    "api%2eexample.com", "evil.example", "inside.example.com", "cloud.example.com",
]  # fmt: skip


def test_the_hosts_own_services_are_not_reached_by_any_spelling(go, secret):
    text = f"""
        for host in {HOSTS}:
            for s in (gate(), proxy()):
                print(host, say(s, asked(host, SECRET) + "hello")[9:12])
            head = f"GET http://{{host}}:SECRET/ HTTP/1.1\\r\\nHost: {{host}}:SECRET\\r\\n\\r\\n"
            print(host, say(gate(), head)[9:12])
    """
    result = go(text)
    assert {line.rpartition(" ")[2] for line in result.stdout.splitlines()} <= {"b'403'", "b'400'"}, (
        result.stderr
    )
    assert len(result.stdout.splitlines()) == 3 * len(HOSTS)
    assert secret.got == []


def test_a_name_that_leads_inside_is_refused(go):
    text = """
        for host in ("inside.example.com", "cloud.example.com"):
            print(say(gate(), asked(host, PORT)).decode().splitlines()[-1])
    """
    lines = go(text).stdout.splitlines()
    assert "inside.example.com is at 10.0.0.5, which is not of the open internet" in lines[0]
    assert "cloud.example.com is at 169.254.169.254, which is not of the open internet" in lines[1]


@pytest.mark.parametrize("way", ["gate()", "proxy()"])
def test_smuggled_requests_do_not_arrive(go, web, way):
    text = f"""
        head = "POST http://api.example.com:PORT/ HTTP/1.1\\r\\nHost: api.example.com:PORT\\r\\n"
        evil = "GET /smuggled HTTP/1.1\\r\\nHost: evil.example\\r\\n\\r\\n"
        for more in ("Content-Length: 5\\r\\nTransfer-Encoding: chunked\\r\\n", "Content-Length: 0\\r\\nContent-Length: 9\\r\\n",
                     "Transfer-Encoding: chunked\\r\\n X: y\\r\\n", "Transfer-Encoding:\\x0bchunked\\r\\n",
                     "Transfer-Encoding: identity\\r\\n", "X: y\\nTransfer-Encoding: chunked\\r\\n",
                     "Upgrade: h2c\\r\\nConnection: Upgrade, Host\\r\\n"):
            print(status({way}, head + more + "\\r\\n0\\r\\n\\r\\n" + evil))
        print(say({way}, head + "Content-Length: 0\\r\\n\\r\\n" + evil)[-60:].count(b"whole URL"))
    """
    result = go(text)
    assert set(result.stdout.splitlines()[:-1]) <= {"[b'400']", "[b'501']"}, result.stderr
    assert result.stdout.splitlines()[-1] == "1"
    assert b"smuggled" not in b"".join(web.got)


def test_a_response_that_redirects_is_followed_by_a_request_of_its_own(go):
    text = """
        import urllib.request, urllib.error
        class Follow(urllib.request.HTTPRedirectHandler):
            pass
        for url in ("http://evil.example/", "http://127.0.0.1:SECRET/", "http://169.254.169.254/latest/meta-data/"):
            handler = urllib.request.build_opener(Follow)
            try:
                handler.open(url)
            except urllib.error.HTTPError as error:
                print(error.code)
    """
    assert go(text).stdout == "403\n" * 3


def test_no_address_is_reached_without_the_gate(go):
    text = """
        import errno
        found = set()
        for host in ("1.1.1.1", "172.17.0.1", "10.0.0.1", "169.254.169.254", "192.168.0.1", "8.8.8.8"):
            for port in (53, 80, 443, SECRET, PORT):
                try:
                    socket.create_connection((host, port), 5)
                    found.add("worked")
                except OSError as error:
                    found.add(errno.errorcode.get(error.errno))
            try:
                socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", (host, 53))
                found.add("sent")
            except OSError as error:
                found.add(errno.errorcode.get(error.errno))
        print(found - {"ENETUNREACH", "EPERM", "EACCES"})
    """
    assert go(text).stdout == "set()\n"


def test_only_the_own_socket_is_there(go):
    text = """
        print(sorted(os.listdir("/run/execgate")), os.path.ismount("/run/execgate"))
        for act in (lambda: open("/run/execgate/x", "w"), lambda: os.unlink("/run/execgate/proxy.sock"),
                    lambda: os.rename("/run/execgate/proxy.sock", "/run/execgate/y"), lambda: os.chmod("/run/execgate/proxy.sock", 0),
                    lambda: os.listdir("/run/execgate/../../tmp/execgate-doors-"), lambda: os.link("/run/execgate/proxy.sock", "/tmp/x")):
            try:
                act()
                print("worked")
            except OSError as error:
                pass
        s = socket.socket(socket.AF_UNIX)
        try:
            s.bind("/run/execgate/proxy.sock")
            print("bound")
        except OSError:
            print(status(gate(), GOOD))
    """
    result = go(text)
    assert result.stdout == "['proxy.sock'] True\n[b'200']\n", result.stderr


def test_the_way_out_can_not_be_looked_into(go):
    text = """
        import ctypes
        libc = ctypes.CDLL(None, use_errno=True)
        found = []
        for pid in filter(str.isdigit, os.listdir("/proc")):
            if int(pid) in (1, os.getpid()):
                continue
            for act in (lambda: open(f"/proc/{pid}/mem", "rb"), lambda: os.listdir(f"/proc/{pid}/fd"),
                        lambda: open(f"/proc/{pid}/environ", "rb").read()):
                try:
                    act()
                    found.append("worked")
                except OSError:
                    found.append("no")
            found.append(libc.ptrace(16, int(pid), 0, 0))
        print(sorted(set(map(str, found))))
    """
    assert go(text).stdout == "['-1', 'no']\n"


def test_the_way_out_outlives_what_is_done_to_it_or_ends_alone(go):
    text = """
        import signal
        for pid in filter(str.isdigit, os.listdir("/proc")):
            if int(pid) not in (1, os.getpid()):
                for number in (signal.SIGSTOP, signal.SIGKILL):
                    try:
                        os.kill(int(pid), number)
                    except OSError:
                        pass
        time.sleep(0.1)
        # Where the kernel lets a program reach it, the program has cut its own way off, and nothing more.
        print(status(gate(), GOOD), say(gate(), asked("evil.example", 443))[9:12])
    """
    result = go(text)
    assert result.stdout == "[b'200'] b'403'\n", result.stderr
    assert go("print(status(proxy(), GOOD))").stdout == "[b'200']\n"


def test_a_flood_of_connections_harms_nobody_else(go):
    text = """
        held = []
        for kind in (gate, proxy):
            for _ in range(700):
                try:
                    s = socket.socket(socket.AF_UNIX if kind is gate else socket.AF_INET)
                    s.setblocking(False)
                    s.connect("/run/execgate/proxy.sock" if kind is gate else ("127.0.0.1", 3128))
                except OSError:
                    pass
                held.append(s)
                if len(held) > 900:
                    break
        print(len(held) > 800)
    """
    assert go(text, wall_s=30.0).stdout == "True\n"
    assert go("print(status(proxy(), GOOD))").stdout == "[b'200']\n"


def test_connections_that_come_and_go_all_the_time_are_slowed(go):
    text = """
        end = time.monotonic() + 2
        while time.monotonic() < end:
            try:
                s = socket.socket(socket.AF_UNIX); s.settimeout(0.2); s.connect("/run/execgate/proxy.sock"); s.close()
            except OSError:
                pass
        print("done")
    """
    assert go(text, wall_s=20.0).stdout == "done\n"
    assert go("print(status(gate(), GOOD))").stdout == "[b'200']\n"


def test_slow_requests_keep_nobody_from_others(go):
    text = """
        slow = [gate() for _ in range(40)]
        for s in slow:
            s.sendall(b"GET http://api.example.com:PORT/ HTTP/1.1\\r\\nX: ")
        print(status(gate(), GOOD), status(proxy(), GOOD))
    """
    assert go(text).stdout == "[b'200'] [b'200']\n"


def test_heads_without_end_are_refused(go):
    text = """
        print(status(gate(), "GET http://api.example.com:PORT/ HTTP/1.1\\r\\nX: " + "a" * 100_000))
        print(status(gate(), "GET http://api.example.com:PORT/ HTTP/1.1\\r\\n" + "X: a\\r\\n" * 1000 + "\\r\\n"))
        print(status(gate(), "GET http://api.example.com:PORT/" + "a" * 100_000 + " HTTP/1.1\\r\\n\\r\\n"))
    """
    assert go(text).stdout == "[b'431']\n" * 3


def test_attempts_without_number_do_not_make_a_receipt_without_end(go):
    text = """
        for number in range(1200):
            s = gate(); say(s, asked(f"host-{number}.example", 443)); s.close()
        print("done")
    """
    result = go(text, wall_s=60.0)
    assert result.stdout == "done\n"
    assert len(result.connections) == 501
    assert result.connections[-1].attempts == 700


def test_questions_for_names_lead_nowhere(go):
    text = """
        import random, struct
        s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        s.settimeout(5)
        def question(name, kind=1, family=1):
            labels = b"".join(bytes([len(l)]) + l for l in name.split(b".")) + b"\\0"
            return b"\\x12\\x34\\x01\\0\\0\\1\\0\\0\\0\\0\\0\\0" + labels + struct.pack(">HH", kind, family)
        random.seed(1)
        for _ in range(5000):
            s.sendto(random.randbytes(random.randrange(0, 600)), ("127.0.0.1", 53))
        for junk in (b"", b"\\0" * 12, question(b"a")[:-1], b"\\x12\\x34\\x01\\0\\0\\1" + b"\\0" * 6 + b"\\xc0\\x0c\\0\\1\\0\\1",
                     b"\\x12\\x34\\x01\\0\\0\\1" + b"\\0" * 6 + b"\\x3f" * 300, question(b"a" * 63 + b"." + b"b" * 63) * 9):
            s.sendto(junk, ("127.0.0.1", 53))
        s.close()
        s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        s.settimeout(1)
        for name, kind in ((b"evil.example", 1), (b"evil.example", 28), (b"evil.example", 16), (b"1.0.0.127.in-addr.arpa", 12),
                           (b"sp ace.example", 1)):
            answer = b""
            while not answer:  # one that came while the queue was full is lost, and asked again
                s.sendto(question(name, kind), ("127.0.0.1", 53))
                try:
                    answer = s.recv(600)
                except TimeoutError:
                    pass
            print(answer[3] & 15, answer[7], answer[-4] if answer[7] else "")
        for number in range(2000):
            socket.gethostbyname(f"host-{number}.example")
        t = socket.create_connection(("127.0.0.1", 53))
        t.sendall(struct.pack(">H", len(question(b"a.example"))) + question(b"a.example"))
        print(t.recv(600)[2:4])
        print(status(proxy(), GOOD))
    """
    result = go(text, wall_s=60.0)
    assert result.stdout.splitlines() == [
        "0 1 127", "0 0 ", "0 0 ", "3 0 ", "3 0 ", "b'\\x124'", "[b'200']",
    ], result.stderr  # fmt: skip
    # What is asked for leaves the sandbox only where it is granted: no name is looked up for a program's asking.
    assert [one.host for one in result.connections] == ["api.example.com"]


def test_a_tunnel_is_cut_when_the_program_ends(go, web):
    text = """
        if os.fork() == 0:
            s = gate()
            s.sendall(asked("api.example.com", PORT).encode() + b"\\x00\\x01")
            time.sleep(30)
        time.sleep(0.3)
    """
    result = go(text)
    assert (result.stopped_by, result.exit_code) == (Stop.EXIT, 0)
    assert go("print(status(proxy(), GOOD))").stdout == "[b'200']\n"


def test_what_was_granted_to_one_program_is_not_granted_to_the_next(sandbox, authorize, go, web):
    assert go("print(status(proxy(), GOOD))").stdout == "[b'200']\n"
    text = TOOLS.replace("PORT", str(web.port)) + "print(status(proxy(), GOOD), status(gate(), GOOD))"
    confines = dataclasses.replace(OPEN, ports=(80, 443, web.port))
    closed = sandbox.run(authorize(text, confines=confines))
    assert closed.stdout == "[b'403'] [b'403']\n"


def test_a_policy_without_hosts_gives_no_socket(sandbox, authorize):
    text = """
        import os, socket
        print(os.path.exists("/run/execgate/proxy.sock"), [name for name in os.environ if "proxy" in name.lower()])
        try:
            socket.create_connection(("127.0.0.1", 3128), 5)
        except OSError:
            print("no")
    """
    confines = Confines(reads=None, network=False)
    assert sandbox.run(authorize(text, confines=confines), permits=lambda _: True).stdout == "False []\nno\n"


def test_the_sandboxes_own_servers_are_its_own(go):
    text = """
        import threading, http.server, urllib.request
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(200); self.end_headers(); self.wfile.write(b"mine")
            def log_message(self, *_): pass
        server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        s = socket.create_connection(server.server_address)
        print(say(s, "GET / HTTP/1.0\\r\\n\\r\\n")[-4:])
    """
    assert go(text).stdout == "b'mine'\n"


def test_nothing_is_written_where_the_program_could_change_what_others_resolve(go):
    text = """
        for path in ("/etc/resolv.conf", "/etc/hosts", "/proc/sys/net/ipv4/ip_unprivileged_port_start",
                     "/proc/sys/net/ipv4/ip_forward"):
            try:
                open(path, "a").write("x")
                print("worked", path)
            except OSError:
                pass
        print("tried")
    """
    assert go(text).stdout == "tried\n"


@pytest.mark.parametrize("session", [Session.CLEAN, Session.FILES])
def test_a_kept_cell_has_its_way_out_for_each_run_alone(sandbox, authorize, web, session):
    def permits(call):
        return call.destination in {"api.example.com", "127.0.0.1"} and call.port == web.port

    text = TOOLS.replace("PORT", str(web.port)) + textwrap.dedent(
        """
        print(status(gate(), GOOD), status(proxy(), GOOD), status(gate(), asked("evil.example", 443)))
        """
    )
    confines = dataclasses.replace(OPEN, ports=(80, 443, web.port), session=session)
    starts = []
    for granted in (permits, permits, None, permits):
        result = sandbox.run(
            authorize(text, confines=confines), permits=granted, conversation=f"network {session.value}"
        )
        code = "200" if granted else "403"
        assert result.stdout == f"[b'{code}'] [b'{code}'] [b'403']\n", result.stderr
        starts.append(result.start)
    assert starts == [Start.COLD, *[Start.SESSION] * 3]
