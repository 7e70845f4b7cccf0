"""What a program pays, in every form that a payment can be written in.

The files in `data` say what is expected: `-` for an operand that the call has none of, `?` for one that can't
be worked out.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from execgate.analysis import analyze
from execgate.model.operation import PaymentCall
from execgate.model.source import Source
from execgate.model.values import Unknown

DATA = Path(__file__).with_name("data")


def _lines(name: str) -> Iterator[list[str]]:
    for line in (DATA / name).read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            yield line.split(" | ")


def payments(code: str) -> list[str]:
    """Return the payments of a program, one text each."""
    program = analyze(Source.from_bytes(code.encode(), "payment.py"))

    def shown(operand: object) -> str:
        return "?" if isinstance(operand, Unknown) else "-" if operand is None else str(operand)

    return [
        " ".join((o.provider, o.operation, shown(o.amount), shown(o.currency), shown(o.recipient)))
        for o in program.operations
        if isinstance(o, PaymentCall)
    ]


STRIPE = list(_lines("stripe_payments.txt"))
BY_FUNCTION = [line for line in STRIPE if line[0] != "-"]


def _of_stripe(line: list[str]) -> list[str]:
    return [" ".join(("stripe", *line[4:8]))]


def _arguments(line: list[str], sent: str) -> str:
    return ", ".join((['"id_1"'] if line[2] == "id" else []) + ([sent] if sent else []))


FUNCTION_FORMS = {
    "keywords": "import stripe\nstripe.{name}({keywords})",
    "asynchronous": "import stripe\nasync def main():\n    await stripe.{name}_async({keywords})",
    "another name": "from stripe import {first} as Thing\nThing{rest}({keywords})",
    "spread": "import stripe\nparams = {sent}\nstripe.{name}({spread})",
    "by text": "import stripe\ngetattr(stripe, '{first}'){rest}({keywords})",
    "partial": "import functools, stripe\nfunctools.partial(stripe.{name}, {spread_in_place})()",
}


@pytest.mark.parametrize("form", FUNCTION_FORMS)
@pytest.mark.parametrize("line", BY_FUNCTION, ids=lambda line: line[0])
def test_a_function_of_stripe_pays_what_it_is_passed(line: list[str], form: str) -> None:
    first, _, rest = line[0].partition(".")
    sent = json.loads(line[3])
    code = FUNCTION_FORMS[form].format(
        name=line[0],
        first=first,
        rest=f".{rest}" if rest else "",
        sent=repr(sent),
        keywords=_arguments(line, ", ".join(f"{key}={value!r}" for key, value in sent.items())),
        spread=_arguments(line, "**params"),
        spread_in_place=_arguments(line, f"**{sent!r}"),
    )
    assert payments(code) == _of_stripe(line)


CLIENT_FORMS = {
    "method": "client.{name}({positional})",
    "keyword": "client.{name}({keyword})",
    "asynchronous": "async def main():\n    await client.{name}_async({positional})",
    "older": "client.{older}({positional})",
    "service": "service = client.{service}\nservice.{method}({positional})",
}


@pytest.mark.parametrize("form", CLIENT_FORMS)
@pytest.mark.parametrize("line", STRIPE, ids=lambda line: line[1])
def test_a_client_of_stripe_pays_what_it_is_passed(line: list[str], form: str) -> None:
    service, _, method = line[1].rpartition(".")
    call = CLIENT_FORMS[form].format(
        name=line[1],
        older=line[1].removeprefix("v1."),
        service=service,
        method=method,
        positional=_arguments(line, repr(json.loads(line[3]))),
        keyword=_arguments(line, f"params={json.loads(line[3])!r}"),
    )
    assert payments(f"from stripe import StripeClient\nclient = StripeClient('key')\n{call}") == _of_stripe(
        line
    )


def _by_library() -> Iterator[tuple[str, str, list[str]]]:
    prepared: list[str] = []
    for line in (DATA / "library_payments.txt").read_text(encoding="utf-8").splitlines():
        if not line:
            prepared = []
        elif line.startswith("> "):
            prepared.append(line[2:])
        elif not line.startswith("#"):
            call, _, expected = line.partition(" -> ")
            yield "\n".join(prepared), call, expected.split(" & ")


@pytest.mark.parametrize(
    ("prepared", "call", "expected"), [pytest.param(*case, id=case[1][:60]) for case in _by_library()]
)
def test_a_library_pays_what_its_call_says(prepared: str, call: str, expected: list[str]) -> None:
    body = "\n".join(f"    {line}" for line in (*prepared.splitlines(), call))
    assert payments(f"async def main():\n{body}\nmain()") == expected


REQUESTED = [
    *_lines("requested_payments.txt"),
    *(
        [
            f"{line[8].replace(' ', ' https://api.stripe.com').replace('{', '').replace('}', '')}",
            line[3],
            " ".join(("stripe", *line[4:7], "-" if line[7] == "id_1" else line[7])),
        ]
        for line in STRIPE
    ),
]

REQUEST_FORMS = {
    "requests, JSON": "import requests\nrequests.{verb}('{url}', json={sent})",
    "requests, by method": "import requests\nrequests.request('{method}', '{url}', data={sent})",
    "requests, JSON as text": "import json, requests\nrequests.{verb}('{url}', data=json.dumps({sent}))",
    "session": "import requests\nwith requests.Session() as session:\n    session.{verb}('{url}', json={sent})",
    "host in capitals": "import requests\nrequests.{verb}('{url}'.replace('{host}', '{host}'.upper()), json={sent})",
    "host in pieces": "import requests\nhost = '{host}'\nrequests.{verb}(f'https://{{host}}{path}', json={sent})",
    "httpx": "import httpx\nhttpx.{verb}('{url}', json={sent})",
    "httpx, below a base": (
        "import httpx\nwith httpx.Client(base_url='https://{host}') as client:\n"
        "    client.{verb}('{path}', json={sent})"
    ),
    "httpx, asynchronous": (
        "import httpx\nasync def main():\n    async with httpx.AsyncClient() as client:\n"
        "        await client.{verb}('{url}', json={sent})"
    ),
    "aiohttp": (
        "import aiohttp\nasync def main():\n    async with aiohttp.ClientSession() as session:\n"
        "        async with session.{verb}('{url}', json={sent}) as response:\n            pass"
    ),
    "urllib": (
        "import json, urllib.request as u\n"
        "u.urlopen(u.Request('{url}', data=json.dumps({sent}).encode(), method='{method}'))"
    ),
    "urllib3": "import urllib3\nurllib3.PoolManager().request('{method}', '{url}', json={sent})",
    "http.client": (
        "import http.client, json\nconnection = http.client.HTTPSConnection('{host}')\n"
        "connection.request('{method}', '{path}', json.dumps({sent}))"
    ),
}


@pytest.mark.parametrize("form", REQUEST_FORMS)
@pytest.mark.parametrize(("request_line", "sent", "expected"), REQUESTED)
def test_a_request_pays_what_it_sends(request_line: str, sent: str, expected: str, form: str) -> None:
    method, url = request_line.split(" ")
    host, _, path = url.removeprefix("https://").partition("/")
    code = REQUEST_FORMS[form].format(
        verb=method.lower(), method=method, url=url, host=host, path=f"/{path}", sent=repr(json.loads(sent))
    )
    found = payments(code)
    assert [_without_payee(each) for each in found] == [_without_payee(expected)]
    # Of Stripe's paths, what they name is no payee.
    assert found[0].split(" ")[-1] in {expected.rsplit(" ", maxsplit=1)[-1], "id_1", *path.split("/")}


def _without_payee(payment: str) -> str:
    return payment.rpartition(" ")[0]


FORMS = {
    "a form as a text": 'data="amount=2000&currency=usd&source=tok_1"',
    "a form": 'data={"amount": 2000, "currency": "usd", "source": "tok_1"}',
    "pairs": 'data=[("amount", 2000), ("currency", "usd"), ("source", "tok_1")]',
    "an encoded form": 'data=urllib.parse.urlencode({"amount": 2000, "currency": "usd", "source": "tok_1"})',
    "bytes": 'data=b"amount=2000&currency=usd&source=tok_1"',
}


@pytest.mark.parametrize("form", FORMS)
def test_a_form_is_read_however_it_is_written(form: str) -> None:
    code = f"import requests, urllib.parse\nrequests.post('https://api.stripe.com/v1/charges', {FORMS[form]})"
    assert payments(code) == ["stripe charge 20.00 USD tok_1"]


def test_the_names_of_a_form_stand_for_places() -> None:
    code = """
import requests
requests.post("https://api.stripe.com/v1/checkout/sessions", data={
    "line_items[0][price_data][unit_amount]": "500", "line_items[0][price_data][currency]": "usd",
    "line_items[0][quantity]": "2",
    "line_items[1][price_data][unit_amount]": "300", "line_items[1][price_data][currency]": "usd",
})
"""
    assert payments(code) == ["stripe payment_link 13.00 USD -"]


def test_a_form_that_says_a_thing_twice_says_neither() -> None:
    code = """
import requests
requests.post("https://api.stripe.com/v1/charges", data="amount=1&amount=100000&currency=usd&source=tok_1")
"""
    assert payments(code) == ["stripe charge ? ? ?"]


AMOUNTS = {
    "int(19.99 * 100)": "19.98",
    "round(19.99 * 100)": "19.99",
    'int(Decimal("19.99") * 100)': "19.99",
    'int((Decimal("19.994")).quantize(Decimal("0.01")) * 100)': "19.99",
    'int("1999")': "19.99",
    "PRICE * 3": "59.97",
    "sum([1000, 999])": "19.99",
    'f"{PRICE}"': "19.99",
    "-500": "-5.00",
    "19.99": "0.1999",
    '"19,99"': "?",
    '"NaN"': "?",
    "float('inf')": "?",
    "True": "?",
    "int(input())": "?",
    'Decimal("1e999999999")': "?",
    "10 ** 18": "?",
}


@pytest.mark.parametrize("amount", AMOUNTS)
def test_an_amount_is_what_its_computation_gives(amount: str) -> None:
    code = (
        "import stripe\nfrom decimal import Decimal\nPRICE = 1999\n"
        f"stripe.Charge.create(amount={amount}, currency='usd')"
    )
    assert payments(code) == [f"stripe charge {AMOUNTS[amount]} USD -"]


CURRENCIES = {
    "usd": "1000.00",
    "JPY": "100000",
    "krw": "100000",
    "kwd": "100.000",
    "isk": "1000.00",
    "ugx": "1000.00",
    "huf": "1000.00",
    "twd": "1000.00",
    "mga": "100000",
    "xyz": "?",
}


@pytest.mark.parametrize("currency", CURRENCIES)
def test_a_minor_unit_is_that_of_the_provider(currency: str) -> None:
    code = f"import stripe\nstripe.Charge.create(amount=100000, currency='{currency}')"
    assert payments(code) == [f"stripe charge {CURRENCIES[currency]} {currency.upper()} -"]


def test_an_amount_that_can_be_either_of_two_is_both() -> None:
    code = """
import stripe, sys
amount = 100 if len(sys.argv) > 1 else 200
stripe.Charge.create(amount=amount, currency="usd")
"""
    assert payments(code) == ["stripe charge 1.00 USD -", "stripe charge 2.00 USD -"]


def test_what_was_had_before_is_paid_by_its_own_method() -> None:
    code = """
import stripe
intent = stripe.PaymentIntent.retrieve("pi_1")
intent.capture(amount_to_capture=500, currency="usd")
stripe.PaymentIntent.create(amount=700, currency="usd").confirm(payment_method="pm_1")
"""
    assert payments(code) == [
        "stripe capture 5.00 USD -",
        "stripe charge 7.00 USD -",
        "stripe charge ? - pm_1",
    ]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (
            "import stripe\nfor intent in stripe.PaymentIntent.list():\n    intent.capture()",
            "stripe capture ? - -",
        ),
        (
            "import razorpay\nrazorpay.Client(auth=a).post('/v1/refunds', {'amount': 5, 'currency': 'INR'})",
            "razorpay refund 0.05 INR -",
        ),
        (
            (
                "import paypalrestsdk\npay = {'amount': {'value': '1.00', 'currency': 'USD'}, 'receiver': 'r'}\n"
                "paypalrestsdk.Api({}).post('v1/payments/payouts', dict(items=[pay]))"
            ),
            "paypal payout 1.00 USD r",
        ),
        (
            "from web3 import Web3\nWeb3(p).provider.make_request('eth_sendTransaction', [{}])",
            "web3 any ? - -",
        ),
        (
            (
                "from web3 import Web3\nc = Web3(p).eth.contract(address='0xC')\n"
                "c.get_function_by_name('deposit')().transact({'value': 10**18})"
            ),
            "web3 transfer 1 ETH 0xC",
        ),
    ],
)
def test_a_way_around_the_listed_calls_pays_all_the_same(code: str, expected: str) -> None:
    assert payments(code) == [expected]


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ('stripe.raw_request("post", "/v1/refunds", amount=500, currency="usd")', "stripe refund 5.00 USD -"),
        ('client.raw_request("post", "/v1/refunds", charge="ch_1")', "stripe refund ? - ch_1"),
        ('client.raw_request("post", input())', "stripe any - - -"),
    ],
)
def test_a_raw_request_is_what_its_path_says(call: str, expected: str) -> None:
    assert payments(f"import stripe\nclient = stripe.StripeClient('key')\n{call}") == [expected]


READS = """
stripe.Charge.list(limit=3)
stripe.Charge.retrieve("ch_1")
stripe.Customer.create(email="a@b.example")
stripe.Product.create(name="n")
stripe.Balance.retrieve()
stripe.Webhook.construct_event(payload, header, secret)
client.v1.charges.list()
client.customers.create({"email": "a@b.example"})
client.raw_request("get", "/v1/charges")
requests.get("https://api.stripe.com/v1/charges")
requests.post("https://api.stripe.com/v1/customers", data={"email": "a@b.example"})
requests.post("https://api.example.com/v1/charges", data={"amount": 5})
ccxt.kraken().fetch_ticker("BTC/USD")
contract.functions.balanceOf("0xA").call()
web3.Web3.to_wei(1, "ether")
""".strip().splitlines()


@pytest.mark.parametrize("call", READS)
def test_what_only_reads_or_sets_up_is_no_payment(call: str) -> None:
    prepared = (
        "import ccxt, requests, stripe, web3\nclient = stripe.StripeClient('key')\n"
        "contract = web3.Web3(provider).eth.contract(address='0xC')\n"
    )
    assert payments(prepared + call) == []


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("curl https://api.stripe.com/v1/charges -d amount=2000 -d currency=usd", ["stripe charge ? ? ?"]),
        ("curl -X DELETE https://api.stripe.com/v1/subscriptions/sub_1", ["stripe void - - -"]),
        ("wget --post-data=amount=1 https://api.stripe.com/v1/refunds", ["stripe refund ? ? ?"]),
        ("echo done && curl -sd x=1 https://api.stripe.com/v1/payouts", ["stripe payout ? ? ?"]),
        ("curl https://api.stripe.com/v1/charges", []),
        ("curl -d amount=2000 https://api.example.com/v1/charges", []),
    ],
)
def test_a_command_that_sends_the_request_pays(command: str, expected: list[str]) -> None:
    assert payments(f"import os\nos.system({command!r})") == expected
    assert payments(f"import subprocess\nsubprocess.run({command!r}, shell=True)") == expected


CUSTOMERS = [
    ("import stripe\nstripe.Charge.create(amount=1, currency='usd', customer='cus_1')", ["cus_1"]),
    ("import stripe\nstripe.Charge.create(amount=1, currency='usd', source='tok_1')", ["-"]),
    ("import stripe\nstripe.Charge.create(amount=1, currency='usd', customer=input())", ["?"]),
    ("import stripe\nstripe.Charge.create(**eval(input()))", ["?"]),
    ("import stripe\nstripe.Charge.create(amount=1, currency='usd', customer=f'cus_{len(input())}')", ["cus_*"]),
    ("import stripe\nstripe.Refund.create(charge='ch_1', amount=1)", ["-"]),
    ("import stripe\nstripe.StripeClient('k').v1.charges.create({'amount': 1, 'customer': 'cus_1'})", ["cus_1"]),
    ("import stripe\nstripe.Invoice.create(customer='cus_1')", ["cus_1"]),
    ("import stripe\nstripe.Invoice.create(customer_account='acct_1')", ["acct_1"]),
    ("import stripe\nstripe.Invoice.pay('in_1')", ["-"]),
    ("import stripe\nstripe.Customer.create_balance_transaction('cus_1', amount=1, currency='usd')", ["cus_1"]),
    ("import stripe\nstripe.checkout.Session.create(customer_email='a@b.example')", ["a@b.example"]),
    (
        "import stripe\nstripe.Charge.create(amount=1, currency='usd', customer='cus_1' if input() else 'cus_2')",
        ["cus_1", "cus_2"],
    ),
    ("import braintree\nbraintree.Transaction.sale({'amount': '1.00', 'customer_id': 'c_1'})", ["c_1"]),
    (
        "import paypalrestsdk as p\np.Payment({'payer': {'payer_info': {'payer_id': 'p_1'}}}).create()",
        ["p_1"],
    ),
    (
        "import razorpay\nrazorpay.Client(auth=('a', 'b')).subscription.create({'customer_id': 'c_1'})",
        ["c_1"],
    ),
    (
        "import requests\nrequests.post('https://api.stripe.com/v1/charges', data={'customer': 'cus_1'})",
        ["cus_1"],
    ),
    (
        "import requests\nrequests.post('https://api.stripe.com/v1/customers/cus_1/balance_transactions')",
        ["cus_1"],
    ),
    ("import requests\nrequests.post('https://api.mollie.com/v2/customers/c_1/subscriptions', json={})", ["c_1"]),
    ("import os\nos.system('curl -d customer=cus_1 https://api.stripe.com/v1/charges')", ["?"]),
]  # fmt: skip


@pytest.mark.parametrize(("code", "expected"), CUSTOMERS)
def test_a_payment_names_on_whose_account_it_is(code: str, expected: list[str]) -> None:
    program = analyze(Source(code))
    found = [o.customer for o in program.operations if isinstance(o, PaymentCall)]
    shown = ["?" if isinstance(one, Unknown) else "-" if one is None else str(one) for one in found]
    assert sorted(set(shown)) == expected


def test_of_too_many_payments_none_is_left_out_unseen() -> None:
    several = "random.choice([{}])"
    amounts = several.format(", ".join(str(100 * n) for n in range(1, 11)))
    customers = several.format(", ".join(f"'cus_{n}'" for n in range(1, 11)))
    code = (
        f"import random, stripe\nstripe.Charge.create(amount={amounts}, currency='usd', customer={customers})"
    )
    (call,) = [o for o in analyze(Source(code)).operations if isinstance(o, PaymentCall)]
    assert isinstance(call.amount, Unknown)
    assert isinstance(call.customer, Unknown)
    assert (call.currency, call.provider) == ("USD", "stripe")
