"""What an outcome receipt tells people of the run: connections, packages, and what was in force."""

from execgate.report.receipts import _connection, _told

CALL = {
    "host": "api.example.com",
    "port": 443,
    "scheme": "https",
    "address": "192.0.2.1",
    "refused": "",
    "sent_bytes": 10,
    "received_bytes": 2000,
    "attempts": 1,
}


def test_a_connection_is_one_line():
    assert _connection(CALL).startswith("api.example.com:443 at 192.0.2.1, 10 ")
    assert _connection({**CALL, "address": None}).startswith("api.example.com:443, 10 ")


def test_one_that_was_refused_says_why():
    assert (
        _connection({**CALL, "refused": "it is not granted"})
        == "api.example.com:443, refused: it is not granted"
    )


def test_what_an_earlier_version_did_not_know_is_nothing():
    assert _told({}, "connections") == _told({"connections": {"digest": "sha256:0"}}, "connections") == []
