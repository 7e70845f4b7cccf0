"""Payments, by library call and by URL."""

from __future__ import annotations

import pytest

from execgate.operations import ATTRIBUTES, BY_LIBRARY, CATALOGUE, lookup
from execgate.operations.effects import Pays, Reaches
from execgate.operations.payments import LINES, TABLE, payment_at, spelled

CHARGE = Pays(
    "stripe",
    "charge",
    "params.amount",
    "params.currency",
    ("params.customer", "params.source"),
    customer=("params.customer",),
)
SENT = Pays(
    "stripe",
    "charge",
    "body.amount",
    "body.currency",
    ("body.customer", "body.source"),
    customer=("body.customer",),
)
CAPTURE = Pays("stripe", "capture", "body.amount", "body.currency")


def _payment(name: str) -> Pays:
    entry = lookup(name)
    assert entry is not None
    (effect,) = entry.effects
    assert isinstance(effect, Pays)
    return effect


@pytest.mark.parametrize(
    "name",
    [
        "stripe.Charge.create",
        "stripe.Charge.create_async",
        "stripe.StripeClient.v1.charges.create",
        "stripe.StripeClient.charges.create_async",
    ],
)
def test_every_form_of_a_call_names_its_operands(name: str) -> None:
    assert _payment(name) == CHARGE


@pytest.mark.parametrize("version", ["v1.", ""])
def test_the_attributes_of_a_client_lead_to_its_methods(version: str) -> None:
    reached = ATTRIBUTES["stripe.StripeClient." + version + "charges"]
    assert f"{reached}.create" in CATALOGUE


def test_a_payment_of_paypal_is_sent_by_what_was_made_before() -> None:
    assert _payment("paypalrestsdk.Payment.create") == Pays(
        "paypal",
        "charge",
        "self.attributes.transactions[].amount.total",
        "self.attributes.transactions[].amount.currency",
        ("self.attributes.payer",),
        "major",
        (
            "self.attributes.payer.payer_info.payer_id",
            "self.attributes.payer.payer_info",
            "self.attributes.payer",
        ),
    )


def test_what_an_item_costs_counts_as_often_as_it_says() -> None:
    items = "params.line_items[]"
    assert _payment("stripe.checkout.Session.create").amount == (
        f"{items}.price_data.unit_amount*{items}.quantity"
    )


def test_a_place_is_looked_for_in_each_part_that_is_sent() -> None:
    refund = _payment(
        "paypalserversdk.paypal_serversdk_client.PaypalServersdkClient.payments.captures_refund"
    )
    assert refund.amount == "options.amount.value|options.body.amount.value"
    assert refund.recipient == ("options.capture_id", "options.body.capture_id")


def test_each_place_of_an_amount_has_its_unit() -> None:
    payment = _payment("xrpl.transaction.submit_and_wait")
    assert payment.amount == "transaction.amount.value|transaction.amount"
    assert payment.unit == "major|token"


@pytest.mark.parametrize(
    ("text", "texts"),
    [
        ("plain", ["plain"]),
        ("a[b]c", ["ac", "abc"]),
        ("{x,y}.z", ["x.z", "y.z"]),
        ("[v1.]{x,y}", ["x", "y", "v1.x", "v1.y"]),
        ("/{id}/pay", ["/{id}/pay"]),
    ],
)
def test_short_forms_stand_for_every_spelling(text: str, texts: list[str]) -> None:
    assert spelled(text) == texts


def test_what_only_reads_reaches_the_provider_and_pays_nothing() -> None:
    entry = lookup("stripe.Charge.list")
    assert entry is not None
    assert [type(effect) for effect in entry.effects] == [Reaches]


@pytest.mark.parametrize(
    ("host", "method", "path", "payment"),
    [
        ("api.stripe.com", "POST", "/v1/charges", SENT),
        ("API.Stripe.com.", "post", "/v1/charges/?expand=x#y", SENT),
        ("api%2Estripe.com", "POST", "/v1/charges", SENT),
        ("api.stripe.com", "POST", "//v1//charges", SENT),
        ("api.stripe.com", "POST", "/v1/%63harges", SENT),
        ("api.stripe.com", "GET", "/v1/charges", None),
        ("api.stripe.com", "POST", "/v1/products", None),
        ("api.stripe.com", "POST", "/v1/charges/ch_1/capture", CAPTURE),
        ("api.stripe.com", "POST", "/v1/charges/*/capture", CAPTURE),
        ("api.stripe.com", "POST", "/v1/*", Pays("stripe", "any")),
        ("api.stripe.com", "POST", None, Pays("stripe", "any")),
        ("api.stripe.com", None, "/v1/charges", SENT),
        ("api.stripe.com.evil.example", "POST", "/v1/charges", None),
        (
            "api-m.paypal.com",
            "POST",
            "/v2/checkout/orders",
            Pays(
                "paypal",
                "charge",
                "body.purchase_units[].amount.value",
                "body.purchase_units[].amount.currency_code",
                ("body.purchase_units[].payee",),
                "major",
                ("body.payer.payer_id", "body.payer"),
            ),
        ),
    ],
)
def test_a_request_is_the_payment_that_its_url_says(
    host: str, method: str | None, path: str | None, payment: Pays | None
) -> None:
    found = payment_at(host, method, path)
    assert (found.pays if found is not None else None) == payment


@pytest.mark.parametrize("prefix", ["", "/checkout"])
def test_the_path_of_a_request_names_what_the_body_leaves_out(prefix: str) -> None:
    found = payment_at("checkout-test.adyen.com", "POST", f"{prefix}/v70/payments/psp-1/refunds")
    assert found is not None
    assert found.named == {"version": "v70", "paymentPspReference": "psp-1"}
    assert found.pays.recipient == ("paymentPspReference", "body.paymentPspReference")


def test_every_line_is_found_by_its_own_url() -> None:
    for line in LINES:
        for host in filter(None, line.hosts.split("|")):
            for path in spelled(line.path):
                found = payment_at(
                    host.replace("*", "x"), line.method, path.replace("{", "").replace("}", "")
                )
                assert found is not None
                assert found.pays.provider == line.provider


def test_every_library_is_listed_where_it_is_read_for() -> None:
    roots = {name.partition("(")[0].partition(".")[0] for name in TABLE}
    assert roots == set(BY_LIBRARY["payments"].split())


def test_no_two_lines_say_something_of_the_same_call() -> None:
    named = [
        name
        for line in LINES
        for call in filter(None, line.calls.split("; "))
        for name in spelled(call.partition("(")[0])
    ]
    assert sorted(set(named)) == sorted(named)
