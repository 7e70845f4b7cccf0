import http.client
import importlib.util
import ipaddress
import urllib.parse
import urllib.request

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from execgate.analysis.urls import UrlParts, split
from execgate.model.values import Hole, Template, Unknown

ANY, WORD, NUMBER = Hole.ANY, Hole.WORD, Hole.NUMBER


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://api.example.com", UrlParts("https", "api.example.com", None, "/")),
        ("https://api.example.com/", UrlParts("https", "api.example.com", None, "/")),
        ("HTTPS://API.Example.COM./V1/x?q=a#f", UrlParts("https", "api.example.com", None, "/V1/x")),
        ("http://api.example.com:8080/v1", UrlParts("http", "api.example.com", 8080, "/v1")),
        ("http://api.example.com?q=https://evil.example/", UrlParts("http", "api.example.com", None, "/")),
        ("http://api.example.com#top", UrlParts("http", "api.example.com", None, "/")),
        ("https://me:secret@api.example.com/x", UrlParts("https", "api.example.com", None, "/x")),
        ("https://api.example.com@evil.example/", UrlParts("https", "evil.example", None, "/")),
        ("https://api.example.com:443@evil.example/", UrlParts("https", "evil.example", None, "/")),
        (
            "https://api.example.com/@evil.example",
            UrlParts("https", "api.example.com", None, "/@evil.example"),
        ),
        (
            "https://api.example.com.evil.example/",
            UrlParts("https", "api.example.com.evil.example", None, "/"),
        ),
        ("http://127.0.0.1:5000/x", UrlParts("http", "127.0.0.1", 5000, "/x")),
        ("http://169.254.169.254/latest", UrlParts("http", "169.254.169.254", None, "/latest")),
        ("http://[::1]/", UrlParts("http", "::1", None, "/")),
        ("http://[0:0:0:0:0:0:0:1]:80/", UrlParts("http", "::1", 80, "/")),
        ("http://[::ffff:127.0.0.1]/", UrlParts("http", "::ffff:127.0.0.1", None, "/")),
        ("http://[::FFFF:7f00:1]/", UrlParts("http", "::ffff:127.0.0.1", None, "/")),
        ("wss://stream.example.com/ws", UrlParts("wss", "stream.example.com", None, "/ws")),
        ("ftp://ftp.example.com/pub", UrlParts("ftp", "ftp.example.com", None, "/pub")),
        ("http://my_host/x", UrlParts("http", "my_host", None, "/x")),
        ("https://xn--bcher-kva.example/", UrlParts("https", "xn--bcher-kva.example", None, "/")),
        ("file:///etc/passwd", UrlParts("file", None, None, "/etc/passwd")),
        ("FILE://localhost/etc/pass%77d", UrlParts("file", None, None, "/etc/passwd")),
        ("file:/etc/passwd", UrlParts("file", None, None, "/etc/passwd")),
        ("file:///data/../etc/passwd", UrlParts("file", None, None, "/data/../etc/passwd")),
    ],
)
def test_a_plain_url_has_the_host_that_every_client_contacts(url, expected):
    assert split(url) == expected


@pytest.mark.parametrize(
    "url",
    [
        "",
        "api.example.com",
        "api.example.com/v1",
        "api.example.com:443/v1",
        "localhost:8000",
        "//api.example.com/v1",
        "/v1",
        "?q=1",
        "http:",
        "http:/api.example.com/",
        "http:api.example.com",
        "http:///api.example.com/",
        "http:////api.example.com/",
        "http://",
        "http://:80/",
        "http://@/",
        "http:\\\\api.example.com\\",
        "http://api.example.com\\@evil.example/",
        "http://evil.example\\.api.example.com/",
        "http://a@b@api.example.com/",
        "http://evil.example@@api.example.com/",
        "http://a b@api.example.com/",
        "http://api.example.com#@evil.example/",
        "http://api.example.com /",
        "http://api.example.com\t/",
        "http://api.exa\tmple.com/",
        "http://api.example.com\n",
        " http://api.example.com/",
        "\x00http://api.example.com/",
        "ht\ntp://api.example.com/",
        "http://api.example.com..",
        "http://.api.example.com/",
        "http://api..example.com/",
        "http://api.example.com%2eevil.example/",
        "http://%61pi.example.com/",
        "http://api.example.com%00.evil.example/",
        "http://b\u00fccher.example/",
        "http://evil\u3002example/",
        "http://evil.example\uff0fapi.example.com/",
        "http://\u24d4vil.example/",
        "http://api.example.com:/",
        "http://api.example.com:0/",
        "http://api.example.com:080/",
        "http://api.example.com:65536/",
        "http://api.example.com:99999999999/",
        "http://api.example.com:+80/",
        "http://api.example.com:8_0/",
        "http://api.example.com:\u0668\u0660/",
        "http://api.example.com:80:90/",
        "http://api.example.com:80x/",
        "http://[::1/",
        "http://::1/",
        "http://[::1]x/",
        "http://[::1]evil.example/",
        "http://[fe80::1%25eth0]/",
        "http://[fe80::1%eth0]/",
        "http://[v1.fe80]/",
        "http://[api.example.com]/",
        "http://[]/",
        "http://2130706433/",
        "http://0x7f000001/",
        "http://0x7f.1/",
        "http://127.1/",
        "http://0177.0.0.1/",
        "http://127.0.0.01/",
        "http://127.0.0.1./",
        "http://256.1.1.1/",
        "http://1.2.3.4.5/",
        "http://-a.example/",
        "http://a*.example/",
        "http://" + "a" * 64 + ".example/",
        "http://" + "a." * 130 + "example/",
        "gopher://api.example.com/",
        "javascript:alert(1)",
        "mailto:someone@example.com",
        "url:http://api.example.com/",
        "<URL:http://api.example.com/>",
        "http+unix://%2Fvar%2Frun%2Fdocker.sock/info",
        "h\u0442tp://api.example.com/",
        "file://fileserver/share/x",
        "http://api.example.com\ufdd0/",
    ],
)
def test_a_url_that_can_be_read_in_two_ways_has_no_known_host(url):
    parts = split(url)
    assert isinstance(parts.host, Unknown), parts
    assert isinstance(parts.port, Unknown), parts
    assert parts.host.why


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        (("https://api.example.com/", ANY), UrlParts("https", "api.example.com", None, Template(("/", ANY)))),
        (("https://api.example.com?q=", ANY), UrlParts("https", "api.example.com", None, "/")),
        (("https://api.example.com/v1?q=", ANY), UrlParts("https", "api.example.com", None, "/v1")),
        (
            ("https://api.example.com/u/", NUMBER, "/x"),
            UrlParts("https", "api.example.com", None, Template(("/u/", NUMBER, "/x"))),
        ),
        (
            ("https://s", NUMBER, ".example.com/x"),
            UrlParts("https", Template(("s", NUMBER, ".example.com")), None, "/x"),
        ),
        (
            ("https://", WORD, ".Example.com:8443/"),
            UrlParts("https", Template((WORD, ".example.com")), 8443, "/"),
        ),
        (("https://", WORD, ":", WORD, "@example.com/"), UrlParts("https", "example.com", None, "/")),
        (
            ("file:///data/", NUMBER, ".csv"),
            UrlParts("file", None, None, Template(("/data/", NUMBER, ".csv"))),
        ),
        (("data:text/plain,", ANY), UrlParts("data", None, None, Unknown("a data URL has no path"))),
    ],
)
def test_a_free_part_behind_the_host_leaves_the_host_known(parts, expected):
    assert split(Template(parts)) == expected


@pytest.mark.parametrize("hole", [NUMBER, WORD])
def test_a_free_word_as_port_leaves_the_host_known(hole):
    parts = split(Template(("http://api.example.com:", hole, "/x")))
    assert (parts.host, parts.path) == ("api.example.com", "/x")
    assert isinstance(parts.port, Unknown)


@pytest.mark.parametrize(
    "parts",
    [
        ("https://api.example.com", ANY),
        ("https://api.example.com", WORD),
        ("https://api.example.com", ANY, "/x"),
        ("https://api.example.com:", ANY),
        ("https://api.example.com:80", ANY, "/"),
        ("https://api.example.com#", ANY),
        ("https://", ANY, ".example.com/"),
        ("https://", WORD),
        ("https://", WORD, "/"),
        ("https://api.example.", WORD, "/"),
        ("https://10.0.0.", NUMBER, "/"),
        ("https://", NUMBER, ".0.0.1/"),
        ("https://", ANY, "@api.example.com/"),
        ("https://api.example.com", WORD, "@x.evil.example@y/"),
        ("https:", ANY),
        ("https:/", ANY),
        ("https://", ANY),
        (ANY, "://api.example.com/"),
        (WORD, "://api.example.com/"),
        (ANY, "/v1/charges"),
        ("http", WORD, "://api.example.com/"),
        ("http://[", WORD, "]/"),
        ("http://[::", NUMBER, "]/"),
        ("file:", ANY),
        ("file:/", ANY),
        ("file://", ANY),
        (ANY,),
    ],
)
def test_a_free_part_before_the_end_of_the_host_makes_it_unknown(parts):
    assert isinstance(split(Template(parts)).host, Unknown)


@pytest.mark.parametrize("parts", [("file:///data/", WORD), ("file:///data/", ANY), ("file:///%", NUMBER)])
def test_a_free_part_of_a_file_url_that_can_be_decoded_leaves_its_path_unknown(parts):
    found = split(Template(parts))
    assert (found.scheme, found.host) == ("file", None)
    assert isinstance(found.path, Unknown)


@pytest.mark.parametrize(
    "tail",
    ["/v1/../x", "/v1/./x", "/..", "/v1/%2e%2e/x", "/v1/%63harges", "/v1\\x", "/v1\t/x", "//v1", "/a%2Fb"],
)
def test_a_path_that_clients_rewrite_is_unknown_and_the_host_is_not(tail):
    parts = split("https://api.example.com" + tail)
    assert parts.host == "api.example.com"
    assert isinstance(parts.path, Unknown)


def test_a_path_alone_keeps_its_path_for_whoever_knows_the_base():
    parts = split("/v1/charges?x=1")
    assert parts.path == "/v1/charges"
    assert isinstance(parts.host, Unknown)
    assert parts.scheme is None


def test_an_unknown_url_keeps_its_reason():
    why = Unknown("read from standard input")
    assert split(why) == UrlParts(why, why, why, why)


@pytest.mark.parametrize(
    ("url", "port"),
    [
        ("http://a.example", 80),
        ("https://a.example", 443),
        ("wss://a.example:9000", 9000),
        ("file:///x", None),
    ],
)
def test_the_effective_port_is_the_default_of_the_scheme(url, port):
    assert split(url).effective_port == port


def by_urlsplit(url):
    return urllib.parse.urlsplit(url).hostname


def by_http_client(url):
    netloc = urllib.request.Request(url).host
    # http.client takes user-info for a part of the name, which then resolves nowhere.
    return http.client.HTTPConnection(netloc.rpartition("@")[2]).host


def by_urllib3(url):
    from urllib3.util import parse_url

    return parse_url(url).host


def by_requests(url):
    import requests

    return by_urllib3(requests.Request("GET", url).prepare().url)


def by_httpx(url):
    import httpx

    return httpx.URL(url).raw_host.decode()


def by_yarl(url):
    import yarl

    return yarl.URL(url).raw_host


CLIENTS = [by_urlsplit, by_http_client, by_urllib3, by_requests] + [
    client
    for name, client in (("httpx", by_httpx), ("yarl", by_yarl))
    if importlib.util.find_spec(name) is not None
]


def canonical(host):
    if host is None:
        return None
    host = host.lower().strip("[]").removesuffix(".")
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    mapped = getattr(address, "ipv4_mapped", None)
    return f"::ffff:{mapped}" if mapped else str(address)


PIECES = st.one_of(
    st.sampled_from(":/\\?#@.[]%-_;,&=+*~!$|^ \t\n\r10\u3002\uff20\u00e9\u0661\uff0f"),
    st.sampled_from(["http", "https", "//", "good.example", "evil.example", "a", "..", "::1", "80", "user"]),
    st.sampled_from(["127.0.0.1", "0x7f", "%2e", "%40", "%2f", "xn--"]),
)
SCHEMES = st.sampled_from(["http://", "https://", ""])
USERS = st.sampled_from(["", "u@", "u:p@", "good.example:80@", "u;x@"])
HOSTS = st.sampled_from(
    ["good.example", "127.0.0.1", "[::1]", "GOOD.Example.", "good.example:8080", "[::FFFF:1.2.3.4]"]
)
TAILS = st.lists(PIECES).map("".join)
URLS = st.one_of(
    st.builds("{}{}".format, SCHEMES, TAILS),
    st.builds("http://{}{}{}".format, USERS, HOSTS, TAILS),
    st.text(),
)


@pytest.mark.parametrize("client", CLIENTS, ids=lambda client: client.__name__)
@settings(max_examples=400)
@given(url=URLS)
@example(url="http://good.example?@evil.example/")
def test_a_known_host_is_the_one_that_each_client_contacts_if_any(client, url):
    found = split(url).host
    if not isinstance(found, str):
        return
    try:
        contacted = client(url)
    except Exception:  # noqa: BLE001 - whatever a client raises, it contacts no host
        return
    assert canonical(contacted) == found


HOLES = st.sampled_from([ANY, WORD, NUMBER])


@given(st.lists(st.one_of(PIECES, HOLES, st.text(min_size=1)), min_size=1))
def test_every_template_has_an_answer(parts):
    split(Template((*parts, ANY)))


@given(st.lists(st.one_of(PIECES, st.just(ANY)), min_size=1), st.lists(PIECES))
def test_whatever_a_free_part_turns_out_to_be_the_known_host_stays(parts, filling):
    parts = ("http://good.example", *parts)
    if ANY not in parts:
        return
    found = split(Template(parts)).host
    if not isinstance(found, str):
        return
    filled = "".join("".join(filling) if part is ANY else part for part in parts)
    try:
        contacted = by_urllib3(filled)
    except Exception:  # noqa: BLE001 - whatever it raises, it contacts no host
        return
    assert canonical(contacted) == found


def test_a_megabyte_is_split_at_once():
    for text in (
        "http://" + "a" * 1_000_000,
        "http://a.example/" + "../" * 300_000,
        "@" * 1_000_000,
        "[" * 1_000_000,
    ):
        split(text)
        split("http://" + text)
