"""What a running program is asked for, by the policy that allowed it."""

import pytest

from execgate.judging import judge_code, permission
from execgate.model.context import Context
from execgate.model.operation import NetworkCall
from execgate.model.source import Span
from execgate.policy import PolicySet

HOSTS = PolicySet.parse(
    'agent "a" { can "code_execution" with constraints { allowed_imports: ["*"]'
    ' allowed_hosts: ["api.example.com", "*.example.org", "db.example.com:5432", "https://tls.example.com", "10.0.0.5"]'
    ' disallowed_hosts: ["evil.example.org"] } }'
)
READS = PolicySet.parse(
    'agent "a" { can "code_execution" with constraints {'
    ' allowed_imports: ["*"] allowed_hosts: ["api.example.com"] }\n'
    ' rule reads on network_call { when method != "GET" deny "read only" } }'
)


def asked(policies, code="pass"):
    verdict = judge_code(code, "a", policies, None, Context())
    assert verdict.allowed, verdict.all_violations
    permits = permission(verdict, policies, Context())

    def ask(host, port, scheme=None, method="connect"):
        return permits(
            NetworkCall(
                via="network",
                location=Span(1, 0, 1, 0),
                destination=host,
                port=port,
                scheme=scheme,
                method=method,
            )
        )

    return ask


@pytest.mark.parametrize(
    ("host", "port", "scheme", "permitted"),
    [
        ("api.example.com", 443, None, True),
        ("api.example.com", 80, "http", True),
        ("api.example.com", 8443, None, False),
        ("api.example.net", 443, None, False),
        ("a.example.org", 443, None, True),
        ("evil.example.org", 443, None, False),
        ("db.example.com", 5432, None, True),
        ("db.example.com", 443, None, False),
        ("tls.example.com", 443, None, False),
        ("tls.example.com", 443, "https", True),
        ("tls.example.com", 80, "http", False),
        ("10.0.0.5", 443, None, True),
        ("10.0.0.6", 443, None, False),
        ("169.254.169.254", 80, "http", False),
    ],
)
def test_a_concrete_host_is_permitted_as_the_policy_says(host, port, scheme, permitted):
    assert asked(HOSTS)(host, port, scheme) is permitted


def test_the_method_of_plain_requests_is_the_policys():
    ask = asked(READS)
    assert ask("api.example.com", 80, "http", "GET")
    assert not ask("api.example.com", 80, "http", "POST")


def test_a_tunnel_counts_as_what_the_analysis_found_inside():
    ask = asked(READS, 'import requests\nrequests.get("https://api.example.com/x")\n')
    assert ask("api.example.com", 443, "https")
    assert not ask("api.example.com", 443)  # what it speaks is not known
    assert not ask("api.example.com", 8443, "https")
    assert not ask("api.example.net", 443, "https")
    assert not asked(READS)("api.example.com", 443, "https")
    plain = asked(READS, 'import requests\nrequests.get("http://api.example.com/x")\n')
    assert not plain("api.example.com", 443, "https")
