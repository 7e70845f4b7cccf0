"""Where a connection to a database or a queue leads, by the texts that their clients take.

Such a text is a URL (`postgresql://db.example.com/shop`, `sqlite:///shop.db`), the words of PostgreSQL's own
library (`host=db.example.com dbname=shop`), those of ODBC (`SERVER=db.example.com,1433;DATABASE=shop`), or a
bare `host:port`.  Clients let later parts override the host; where they could, it is Unknown, with why.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from types import MappingProxyType

from execgate.analysis import urls
from execgate.analysis.holes import ANY, WORD, flatten, has_hole, restore
from execgate.model.values import Text, Unknown

MEMORY = ":memory:"

_URL = re.compile(r"([A-Za-z][A-Za-z0-9_]*)(?:\+([A-Za-z0-9_+]+))?://")
_WORDS = re.compile(r"\s*([a-z_]+)\s*=\s*('(?:[^'\\]|\\.)*'|[^\s']*)\s*", re.ASCII | re.IGNORECASE)
FILES = frozenset({"sqlite", "duckdb", "access"})
"""What keeps a database in a file of its own."""

_INSIDE = frozenset({"rpc", "memory"})
"""What leads nowhere else than where the program already is."""

SCHEMES = MappingProxyType(
    {
        "postgres": "postgresql",
        "psql": "postgresql",
        "mariadb": "mysql",
        "cockroachdb": "postgresql",
        "redshift": "postgresql",
        "mongodb_srv": "mongodb",
    }
)
"""Other names of what is spoken, as databases themselves read them."""

_HARMLESS = frozenset(
    """
    application_name appname async_fallback auth_mechanism auth_source authmechanism authsource autocommit
    charset client_encoding collation compressors connect_timeout connecttimeoutms connection_timeout
    db dbname database directconnection driver echo encoding encrypt fallback_application_name
    health_check_interval heartbeat heartbeatfrequencyms isolation_level journal keepalives keepalives_count
    keepalives_idle keepalives_interval loadbalanced local_infile localthresholdms max_connections
    maxidletimems maxpoolsize maxstalenessseconds minpoolsize multipleactiveresultsets options password
    pool_pre_ping pool_recycle pool_size pool_timeout protocol pwd read_timeout readconcernlevel
    readpreference replicaset retryreads retrywrites role schema serverselectiontimeoutms
    socket_connect_timeout socket_timeout sockettimeoutms sql_mode ssl ssl_cert_reqs ssl_mode ssl_verify_cert
    sslmode statement_timeout target_session_attrs timeout timezone tls tlsallowinvalidcertificates
    tlsinsecure trusted_connection trustservercertificate uid use_unicode user username uuidrepresentation w
    waitqueuetimeoutms warehouse write_timeout wtimeoutms
    """.split()
)
"""Options that lead to no other host."""

_HOSTS = frozenset({"host", "hostaddr", "server", "hostname", "data source", "address", "addr"})


@dataclass(frozen=True, slots=True)
class Server:
    """Where one connection leads: to a `host`, or to a `file`; both None where it stays in the process."""

    scheme: Text | None
    host: Text | None
    port: int | Unknown | None = None
    file: Text | None = None

    @property
    def name(self) -> Text | None:
        """What a policy calls the database: its path, or its host."""
        return self.file if self.file is not None else self.host


def read(text: Text, scheme: str | None = None, port: int | None = None) -> tuple[Server, ...]:
    """Return where `text` leads: to several servers if it lists them.

    `scheme` is what is spoken if the text doesn't say, `port` where it is heard.
    """
    if isinstance(text, Unknown):
        return (_lost(text.why, scheme),)
    flat = flatten(text)
    if flat is None:
        return (_lost("the address holds a character that is none", scheme),)
    match = _URL.match(flat)
    if match is not None:
        return _of_url(flat, match)
    if "=" in flat:
        if ANY in flat or WORD in flat:
            return (_lost("a part of the address that is not known can name another host", scheme),)
        return (_of_odbc(flat, scheme) if ";" in flat else _of_words(flat, scheme),)
    return tuple(_of_host(one.strip(), scheme, port) for one in flat.split(","))


def _lost(why: str, scheme: Text | None) -> Server:
    return Server(scheme, Unknown(why), Unknown(why))


def _of_url(flat: str, match: re.Match[str]) -> tuple[Server, ...]:
    scheme = (match[2] if match[1] == "db" and match[2] else match[1]).lower().partition("+")[0]
    scheme = SCHEMES.get(scheme, scheme)
    rest = flat[match.end() :]
    if scheme in FILES:
        return (_of_file(rest, scheme),)
    if scheme in _INSIDE:
        return (Server(scheme, None),)
    if scheme == "unix":
        return (Server(scheme, None, None, restore(re.split(r"[?#]", rest)[0])),)
    rest, mark, query = rest.partition("?")
    if (mark and not _is_harmless(query)) or ANY in rest:
        return (_lost("an option of the address can name another host", scheme),)
    authority, slash, path = rest.partition("/")
    user_info, at, hosts = authority.rpartition("@")
    found = []
    for host in hosts.split(","):
        parts = urls.split(restore(f"http://{user_info}{at}{host}{slash}{path}"))
        found.append(Server(scheme, parts.host, parts.port))
    return tuple(found)


def _is_harmless(query: str) -> bool:
    return not has_hole(query) and all(
        option.partition("=")[0].lower() in _HARMLESS for option in query.split("&") if option
    )


def _of_file(rest: str, scheme: str) -> Server:
    path = rest.partition("?")[0]
    if path.startswith(("/file:", "file:")):
        return Server(scheme, None, None, Unknown("the database is named by a URL in the URL"))
    if path and not path.startswith("/"):
        return Server(scheme, None, None, Unknown("a third `/` is missing in front of the file"))
    path = path[1:]
    if path in {"", MEMORY}:
        return Server(scheme, None, None, MEMORY)
    # Without a slash it could be taken for the name of a host.
    return Server(scheme, None, None, restore(path if "/" in path else f"./{path}"))


def _of_words(flat: str, scheme: str | None) -> Server:
    options: dict[str, str] = {}
    position = 0
    while position < len(flat):
        match = _WORDS.match(flat, position)
        if match is None:
            return _lost("the address is not written plainly", scheme)
        options[match[1].lower()] = match[2].strip("'")
        position = match.end()
    return _of_options(options, scheme)


def _of_odbc(flat: str, scheme: str | None) -> Server:
    options: dict[str, str] = {}
    for part in flat.split(";"):
        key, equals, value = part.partition("=")
        if not part.strip():
            continue
        if not equals or "{" in value.strip()[1:]:
            return _lost("the address is not written plainly", scheme)
        options[key.strip().lower()] = value.strip().strip("{}")
    if "sqlite" in options.get("driver", "").lower() and "database" in options:
        return _of_file(f"/{options['database']}", "sqlite")
    return _of_options(options, scheme)


def _of_options(options: dict[str, str], scheme: str | None) -> Server:
    if options.keys() <= _AZURE:
        return _of_azure(options)
    named = [key for key in options if key in _HOSTS]
    odd = [key for key in options if key not in _HOSTS and key != "port" and key not in _HARMLESS]
    if odd or len(named) > 1:
        return _lost("an option of the address can name another host", scheme)
    if not named:
        return Server(scheme, "localhost")
    host = options[named[0]].removeprefix("tcp:").replace("\\", ",").partition(",")
    port = options.get("port", host[2])
    if port and not port.isdecimal():
        return Server(scheme, _of_host(host[0], scheme).host, None)
    return _of_host(f"{host[0]}:{port}" if port else host[0], scheme)


_AZURE = frozenset(
    """
    accountkey accountname blobendpoint defaultendpointsprotocol endpoint endpointsuffix entitypath
    sharedaccesskey sharedaccesskeyname sharedaccesssignature
    """.split()
)
"""The words of a connection string for Azure."""


def _of_azure(options: dict[str, str]) -> Server:
    for key in ("blobendpoint", "endpoint"):
        if key in options:
            parts = urls.split(options[key].replace("sb://", "https://", 1))
            return Server("https", parts.host, parts.port)
    if "accountname" not in options:
        return _lost("the connection string names no account", "https")
    suffix = options.get("endpointsuffix", "core.windows.net")
    return _of_host(f"{options['accountname']}.blob.{suffix}", "https")


_PATH_THERE = re.compile(r"\A([^:/]+):(?!\d+\Z)(?!//).*\Z", re.DOTALL)
"""A host and a path on it, as `scp` and Git write them."""


def _of_host(flat: str, scheme: str | None, port: int | None = None) -> Server:
    if flat.startswith("/"):
        return Server(scheme, None, None, restore(flat))  # a socket in the file system
    if not flat:
        return Server(scheme, "localhost", port)
    if scheme == "ssh":
        flat = _PATH_THERE.sub(r"\1", flat, count=1)
    parts = urls.split(restore(f"http://{flat}/"))
    return Server(scheme, parts.host, parts.port if parts.port is not None else port)
