"""Hosts: which calls the lists permit, whatever spelling the code chose."""

# ruff: noqa: PLR0917 - a row of a table has the columns that it needs

from __future__ import annotations

import pytest

from execgate.model.operation import NetworkCall
from execgate.model.values import Hole, Template, Unknown

W, A = Hole.WORD, Hole.ANY
ALLOWED, DISALLOWED = "allowed_hosts", "disallowed_hosts"


def call(here, destination, port=None, scheme="https", method="GET") -> NetworkCall:
    return NetworkCall(
        destination=destination, port=port, scheme=scheme, method=method, via="requests.get", location=here
    )


@pytest.mark.parametrize(
    ("entry", "destination", "allowed"),
    [
        ("api.example.com", "api.example.com", True),
        ("api.example.com", "API.Example.COM", True),
        ("api.example.com", "api.example.com.", True),
        ("API.example.com.", "api.example.com", True),
        ("api.example.com", "evil.api.example.com", False),
        ("api.example.com", "example.com", False),
        ("api.example.com", "api.example.com.evil.net", False),
        ("api.example.com", "api.example.com@evil.net", False),
        ("api.example.com", "api.example.com/", False),
        ("api.example.com", "api.example.com:443", False),
        ("api.example.com", "api.example.com\n", False),
        ("api.example.com", "%61pi.example.com", False),
        ("api.example.com", "", False),
        ("*.example.com", "a.example.com", True),
        ("*.example.com", "a.b.example.com", True),
        ("*.example.com", "example.com", False),
        ("*.example.com", "aexample.com", False),
        ("*.example.com", ".example.com", False),
        ("*", "example.com", True),
        ("*", "8.8.8.8", True),
        ("*", "2001:4860:4860::8888", True),
        # One name in every spelling of IDNA.
        ("b\u00fccher.example", "xn--bcher-kva.example", True),
        ("xn--bcher-kva.example", "B\u00dcCHER.example", True),
        ("api.example.com", "\uff41pi\u3002example\uff0ecom", True),
        ("api.example.com", "\u0430pi.example.com", False),
        ("*", "fa\u00df.example", False),
        ("*", "\U0001f9ff.example", False),
        ("*", "a\u3002\u3002b.example", False),
        ("*", "\u00fc" * 80 + ".example", False),
        # Addresses in every spelling.
        ("127.0.0.1", "127.0.0.1", True),
        ("127.0.0.1", "127.1", True),
        ("127.0.0.1", "0x7f.1", True),
        ("127.0.0.1", "0177.0.0.1", True),
        ("127.0.0.1", "2130706433", True),
        ("127.0.0.1", "0x7f000001", True),
        ("127.0.0.1", "017700000001", True),
        ("127.0.0.1", "::ffff:127.0.0.1", True),
        ("127.0.0.1", "[::ffff:7f00:1]", True),
        ("127.0.0.1", "\uff11\uff12\uff17.0.0.1", True),
        ("127.0.0.1", "127.0.0.1.", True),
        ("0x7f.1", "127.0.0.1", True),
        ("127.0.0.1", "127.0.0.2", False),
        ("[::1]", "::1", True),
        ("::1", "0:0:0:0:0:0:0:1", True),
        ("fe80::1", "fe80::1%eth0", True),
        ("*", "256.1.1.1", False),
        ("*", "1.2.3.4.5", False),
        ("*", "1.2.3.08", False),
        ("*", "a.1", False),
        ("*", "0x7g.1", False),
        ("*", "1.2.65536", False),
        ("*", "1:2", False),
        # `*` is the open internet.
        ("*", "127.0.0.1", False),
        ("*", "2130706433", False),
        ("*", "10.1.2.3", False),
        ("*", "172.16.0.1", False),
        ("*", "172.32.0.1", True),
        ("*", "192.168.1.1", False),
        ("*", "169.254.169.254", False),
        ("*", "0xa9fea9fe", False),
        ("*", "0.0.0.0", False),
        ("*", "100.100.100.200", False),
        ("*", "168.63.129.16", False),
        ("*", "224.0.0.1", False),
        ("*", "255.255.255.255", False),
        ("*", "::1", False),
        ("*", "::", False),
        ("*", "fd00:ec2::254", False),
        ("*", "fe80::1", False),
        ("*", "::ffff:10.0.0.1", False),
        ("*", "::10.0.0.1", False),
        ("*", "64:ff9b::a00:1", False),
        ("*", "64:ff9b::808:808", True),
        ("*", "2002:a00:1::", False),
        ("*", "2002:808:808::", True),
        ("*", "2001:0:808:808:0:0:f5ff:fffe", False),
        ("*", "localhost", False),
        ("*", "LOCALHOST.", False),
        ("*", "a.localhost", False),
        ("*", "intranet", False),
        ("*", "printer.local", False),
        ("*", "metadata.google.internal", False),
        ("*", "host.docker.internal", False),
        ("localhost", "localhost", True),
        ("*.localhost", "a.localhost", True),
        ("*.internal", "db.corp.internal", True),
        ("*.internal", "metadata.google.internal", False),
        ("metadata.google.internal", "metadata.google.internal", True),
        ("169.254.169.254", "169.254.169.254", True),
        ("intranet", "intranet", True),
        # A part that is only known when it runs.
        ("*.example.com", Template((W, ".example.com")), True),
        ("*.example.com", Template(("a-", W, ".b.example.com")), True),
        ("example.com", Template((W, ".example.com")), False),
        ("*.b.example.com", Template((W, ".example.com")), False),
        ("*.example.com", Template((W, "example.com")), False),
        ("*.com", Template((W, "example.com")), True),
        ("*", Template((W, ".example.com")), True),
        ("*", Template((W, ".example.com.")), True),
        ("*", Template((W, ".internal")), False),
        ("*.internal", Template((W, ".corp.internal")), True),
        ("*.internal", Template((W, ".google.internal")), False),
        ("*", Template((W, ".0.0.1")), False),
        ("*", Template((W,)), False),
        ("*", Template((W, ".")), False),
        ("*", Template(("example.", W)), False),
        ("example.com", Template(("example.com", W)), False),
        ("*", Template((A, ".example.com")), False),
        ("*", Template((W, ".exa mple.com")), False),
        ("*", Unknown("it is read from a file"), False),
        ("*", None, False),
    ],
)
def test_a_host_is_allowed_where_the_entry_covers_it(
    constraints_broken, here, entry, destination, allowed
) -> None:
    broken = constraints_broken(f'allowed_hosts: ["{entry}"]', call(here, destination))
    assert broken == ([] if allowed else [ALLOWED])


@pytest.mark.parametrize(
    ("entry", "scheme", "port", "allowed"),
    [
        # Without scheme every one, without port the scheme's own.
        ("x.com", "https", None, True),
        ("x.com", "https", 443, True),
        ("x.com", "https", 8443, False),
        ("x.com", "HTTP", 80, True),
        ("x.com", "http", 443, False),
        ("x.com", "ftp", 21, True),
        ("x.com", "smtp", 25, True),
        ("x.com", "wss", None, True),
        ("x.com", "gemini", None, True),
        ("x.com", "gemini", 1965, False),
        ("x.com", None, 443, True),
        ("x.com", None, 80, True),
        ("x.com", None, 22, False),
        ("x.com", None, None, False),
        ("x.com:22", None, 22, True),
        ("x.com:22", "ssh", None, True),
        ("x.com:22", None, None, False),
        ("x.com:*", None, None, True),
        ("*.com:*", None, None, True),
        ("*:*", None, None, True),
        ("*", None, None, False),
        ("y.com:*", None, None, False),
        ("https://x.com:*", None, None, False),
        ("x.com:8443", "https", 8443, True),
        ("x.com:8443", "https", None, False),
        ("x.com:443", "https", None, True),
        ("x.com:*", "https", 8443, True),
        ("x.com:*", None, 8443, True),
        ("*:*", None, 8443, True),
        ("*", None, 8443, False),
        ("*:8443", "https", 8443, True),
        ("https://x.com", "https", None, True),
        ("https://x.com", "http", None, False),
        ("https://x.com", None, 443, False),
        ("https://x.com", "https", 8443, False),
        ("https://x.com:8443", "https", 8443, True),
        ("HTTPS://x.com", "https", None, True),
        ("https://*.x.com", "https", None, False),
        ("https://*", "https", None, True),
        ("*", Unknown("the scheme is read"), 443, False),
        ("*:*", "https", Unknown("the port is read"), False),
        ("*", Template((W,)), 443, False),
    ],
)
def test_scheme_and_port_are_those_of_the_entry(
    constraints_broken, here, entry, scheme, port, allowed
) -> None:
    broken = constraints_broken(f'allowed_hosts: ["{entry}"]', call(here, "x.com", port, scheme))
    assert broken == ([] if allowed else [ALLOWED])


@pytest.mark.parametrize(
    ("policy", "scheme", "port", "broken"),
    [
        ('allowed_hosts: ["*:*"] disallowed_hosts: ["x.com"]', "https", 8443, [DISALLOWED]),
        ('allowed_hosts: ["*:*"] disallowed_hosts: ["x.com:22"]', "https", 8443, []),
        ('allowed_hosts: ["*:*"] disallowed_hosts: ["x.com:22"]', None, 22, [DISALLOWED]),
        ('allowed_hosts: ["*"] disallowed_hosts: ["http://x.com"]', "https", None, []),
        ('allowed_hosts: ["*"] disallowed_hosts: ["http://x.com"]', "http", None, [DISALLOWED]),
        ('allowed_hosts: ["*"] disallowed_hosts: ["http://x.com"]', None, 443, [DISALLOWED]),
        ('allowed_hosts: ["x.com"] disallowed_hosts: ["*"]', "https", None, []),
        ('allowed_hosts: ["x.com"] disallowed_hosts: ["x.com"]', "https", None, [DISALLOWED]),
        ('allowed_hosts: ["x.com"] disallowed_hosts: ["x.com:*"]', "https", None, [DISALLOWED]),
        ('allowed_hosts: ["x.com:443"] disallowed_hosts: ["x.com"]', "https", None, []),
        ('allowed_hosts: ["https://x.com"] disallowed_hosts: ["x.com"]', "https", None, []),
        ('allowed_hosts: ["https://x.com"] disallowed_hosts: ["x.com:443"]', "https", None, [DISALLOWED]),
        ('allowed_hosts: ["x.com"] disallowed_hosts: ["*.x.com"]', "https", None, []),
        ('disallowed_hosts: ["y.com"]', "https", None, [ALLOWED]),
        ('disallowed_hosts: ["x.com"]', "https", None, [ALLOWED, DISALLOWED]),
        ("", "https", None, [ALLOWED]),
    ],
)
def test_hosts_are_judged_by_the_more_specific_entry(
    constraints_broken, here, policy, scheme, port, broken
) -> None:
    assert constraints_broken(policy, call(here, "x.com", port, scheme)) == broken


@pytest.mark.parametrize(
    ("destination", "method", "entry"),
    [
        ("x.com", "connect", "x.com:*"),
        ("::1", "connect", "[::1]:*"),
        ("127.1", "connect", "127.0.0.1:*"),
        (Template((W, ".x.com")), "connect", "*.x.com:*"),
        (None, "listen", "0.0.0.0:*"),
    ],
)
def test_a_call_without_scheme_and_port_takes_every_port(judge, here, destination, method, entry) -> None:
    operation = call(here, destination, None, None, method)
    (violation,) = judge('allowed_hosts: ["*", "x.com"]', operation).all_violations
    assert violation.help == f'to permit this, add "{entry}" to allowed_hosts'
    assert judge(f'allowed_hosts: ["{entry}"]', operation).allowed
    assert not judge(f'allowed_hosts: ["{entry.removesuffix(":*")}"]', operation).allowed
    assert not judge(f'allowed_hosts: ["{entry}"] disallowed_hosts: ["{entry}"]', operation).allowed


def test_a_disallowed_wildcard_catches_what_an_allowed_one_does_not_cover(constraints_broken, here) -> None:
    policy = 'allowed_hosts: ["127.0.0.1"] disallowed_hosts: ["127.0.0.1", "*"]'
    assert constraints_broken(policy, call(here, "2130706433")) == [DISALLOWED]


@pytest.mark.parametrize(
    ("policy", "destination", "port", "method", "broken"),
    [
        ('allowed_hosts: ["x.com:8443"]', "x.com", None, "resolve", []),
        ('allowed_hosts: ["https://x.com"]', "x.com", None, "resolve", []),
        ('allowed_hosts: ["x.com"]', "y.com", None, "resolve", [ALLOWED]),
        ('allowed_hosts: ["*"]', "localhost", None, "resolve", [ALLOWED]),
        ('allowed_hosts: ["*"] disallowed_hosts: ["x.com"]', "x.com", None, "resolve", [DISALLOWED]),
        ('allowed_hosts: ["*"] disallowed_hosts: ["x.com:22"]', "x.com", None, "resolve", []),
        ('allowed_hosts: ["*:*"]', None, 8080, "listen", [ALLOWED]),
        ('allowed_hosts: ["0.0.0.0"]', None, 8080, "listen", [ALLOWED]),
        ('allowed_hosts: ["0.0.0.0:8080"]', None, 8080, "listen", []),
        ('allowed_hosts: ["0.0.0.0:*"]', "", 8080, "listen", []),
        ('allowed_hosts: ["0.0.0.0:8080"]', None, 8080, "connect", [ALLOWED]),
        ('allowed_hosts: ["127.0.0.1:8080"]', "127.0.0.1", 8080, "listen", []),
        ('allowed_hosts: ["127.0.0.1:8080"]', "127.0.0.1", 0, "listen", [ALLOWED]),
    ],
)
def test_looking_up_and_listening_are_network_calls(
    constraints_broken, here, policy, destination, port, method, broken
) -> None:
    assert constraints_broken(policy, call(here, destination, port, None, method)) == broken
