"""Payments, by library call and by URL."""

from __future__ import annotations

import pytest

from execgate.operations import ATTRIBUTES, CATALOGUE, lookup
from execgate.operations.entry import Pays, Reaches
from execgate.operations.payments import LINES, payment_at

CHARGE = Pays("stripe", "charge", "amount", "currency", ("customer", "source"))


def _payment(name: str) -> Pays:
    entry = lookup(name)
    assert entry is not None
    (effect,) = entry.effects
    assert isinstance(effect, Pays)
    return effect


@pytest.mark.parametrize("name", ["stripe.Charge.create", "stripe.Charge.create_async"])
def test_a_function_of_stripe_names_its_operands(name: str) -> None:
    assert _payment(name) == CHARGE


def test_a_method_of_the_client_names_them_in_what_it_is_passed() -> None:
    assert _payment("stripe.StripeClient.v1.charges.create") == Pays(
        "stripe", "charge", "params.amount", "params.currency", ("params.customer", "params.source")
    )


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
    )


def test_a_list_of_items_has_no_amount_of_its_own() -> None:
    """A unit amount times a quantity that is not looked at would be the wrong amount."""
    assert _payment("stripe.checkout.Session.create").amount == "line_items"


def test_what_only_reads_reaches_the_provider_and_pays_nothing() -> None:
    entry = lookup("stripe.Charge.list")
    assert entry is not None
    assert [type(effect) for effect in entry.effects] == [Reaches]


@pytest.mark.parametrize(
    ("host", "method", "path", "payment"),
    [
        ("api.stripe.com", "POST", "/v1/charges", CHARGE),
        ("API.Stripe.com.", "post", "/v1/charges/?expand=x#y", CHARGE),
        ("api.stripe.com", "POST", "//v1//charges", CHARGE),
        ("api.stripe.com", "POST", "/v1/%63harges", CHARGE),
        ("api.stripe.com", "GET", "/v1/charges", None),
        ("api.stripe.com", "POST", "/v1/products", None),
        (
            "api.stripe.com",
            "POST",
            "/v1/charges/ch_1/capture",
            Pays("stripe", "capture", "amount", "currency"),
        ),
        ("api.stripe.com", "POST", "/v1/charges/*/capture", Pays("stripe", "capture", "amount", "currency")),
        ("api.stripe.com", "POST", "/v1/*", Pays("stripe", "any")),
        ("api.stripe.com", "POST", None, Pays("stripe", "any")),
        ("api.stripe.com", None, "/v1/charges", CHARGE),
        ("api.stripe.com.evil.example", "POST", "/v1/charges", None),
        (
            "api-m.paypal.com",
            "POST",
            "/v2/checkout/orders",
            Pays(
                "paypal",
                "charge",
                "purchase_units[].amount.value",
                "purchase_units[].amount.currency_code",
                ("purchase_units[].payee",),
                "major",
            ),
        ),
        (
            "checkout-test.adyen.com",
            "POST",
            "/v70/payments",
            Pays("adyen", "charge", "amount.value", "amount.currency", ("shopperReference", "paymentMethod")),
        ),
    ],
)
def test_a_request_is_the_payment_that_its_url_says(
    host: str, method: str | None, path: str | None, payment: Pays | None
) -> None:
    assert payment_at(host, method, path) == payment


def test_every_line_is_found_by_its_own_url() -> None:
    for line in LINES:
        for host in line.hosts.split("|"):
            found = payment_at(
                host.replace("*", "x"), line.method, line.path.replace("{", "").replace("}", "")
            )
            assert found is not None
            assert found.provider == line.provider
