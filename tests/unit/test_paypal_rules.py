"""What PayPal writes is read, and what we write it reads: amounts, orders, refunds, events, times of comparison."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.billing import paypal_webhooks
from shared.billing.comparison_times import listed_since, next_comparison
from shared.billing.looking import look_of
from shared.billing.paypal_money import minor_units, paypal_money
from shared.billing.paypal_orders import _intent, own_name, read_own_name
from shared.billing.refund_statuses import RefundStatus, of_paypal
from shared.billing.statuses import PaymentStatus, of_gateway
from shared.billing.webhooks import WebhookMalformed
from tests.paypal_notifications import known, signed

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


@given(st.integers(0, 10**12), st.sampled_from(["EUR", "CHF", "JPY", "TND", "HUF", "USD"]))
def test_an_amount_survives_paypal_s_notation(amount: int, currency: str) -> None:
    assert minor_units(paypal_money(amount, currency)) == amount


@pytest.mark.parametrize(
    ("amount", "currency", "value"),
    [
        (1999, "EUR", "19.99"),
        (5, "EUR", "0.05"),
        (1500, "JPY", "1500"),
        (1500, "TND", "1.500"),
        (150000, "HUF", "1500"),
    ],
)
def test_amounts_are_written_as_paypal_wants_them(amount: int, currency: str, value: str) -> None:
    assert paypal_money(amount, currency) == {"currency_code": currency, "value": value}


@pytest.mark.parametrize("value", ["1.999", "NaN", "Infinity", "ten", ""])
def test_what_is_no_whole_amount_is_not_guessed(value: str) -> None:
    with pytest.raises(ValueError, match=r"amount|minor units"):
        minor_units({"currency_code": "EUR", "value": value})


def order(status: str, *captures: dict[str, Any], refunds: tuple[dict[str, Any], ...] = ()) -> dict[str, Any]:
    money = {"currency_code": "EUR", "value": "20.00"}
    unit: dict[str, Any] = {"amount": money, "custom_id": "maison.x"}
    if captures:
        unit["payments"] = {
            "captures": [{"amount": money, **each} for each in captures],
            "refunds": list(refunds),
        }
    return {"id": "O1", "status": status, "purchase_units": [unit], "links": []}


@pytest.mark.parametrize(
    ("given_order", "status", "received"),
    [
        (order("CREATED"), PaymentStatus.PENDING, 0),
        (order("PAYER_ACTION_REQUIRED"), PaymentStatus.PENDING, 0),
        (order("APPROVED"), PaymentStatus.PENDING, 0),
        (order("VOIDED"), PaymentStatus.CANCELLED, 0),
        (order("COMPLETED", {"id": "C1", "status": "COMPLETED"}), PaymentStatus.CAPTURED, 2000),
        (order("COMPLETED", {"id": "C1", "status": "REFUNDED"}), PaymentStatus.CAPTURED, 2000),
        (order("COMPLETED", {"id": "C1", "status": "PARTIALLY_REFUNDED"}), PaymentStatus.CAPTURED, 2000),
        (order("COMPLETED", {"id": "C1", "status": "PENDING"}), PaymentStatus.PROCESSING, 0),
        (order("COMPLETED", {"id": "C1", "status": "DECLINED"}), PaymentStatus.CANCELLED, 0),
        (order("COMPLETED", {"id": "C1", "status": "FAILED"}), PaymentStatus.CANCELLED, 0),
        (order("SOMETHING_NEW"), PaymentStatus.UNKNOWN, 0),
    ],
)
def test_an_order_s_captures_say_what_it_means_to_us(
    given_order: Any, status: PaymentStatus, received: int
) -> None:
    seen = _intent(given_order)
    assert (of_gateway("paypal", seen.status), seen.amount_received, seen.amount) == (status, received, 2000)


def test_what_went_back_is_counted_even_when_it_is_not_listed() -> None:
    part = {"status": "COMPLETED", "amount": {"currency_code": "EUR", "value": "5.00"}}
    failed = part | {"status": "FAILED"}
    partly = order("COMPLETED", {"id": "C1", "status": "PARTIALLY_REFUNDED"}, refunds=(part, failed))
    assert _intent(partly).amount_refunded == 500
    assert _intent(order("COMPLETED", {"id": "C1", "status": "REFUNDED"})).amount_refunded == 2000


def test_refunds_have_four_ends() -> None:
    assert [of_paypal(each) for each in ("COMPLETED", "PENDING", "FAILED", "CANCELLED", "NEW", None)] == [
        RefundStatus.SUCCEEDED, RefundStatus.PENDING, RefundStatus.FAILED, RefundStatus.FAILED,
        RefundStatus.PENDING, RefundStatus.PENDING,
    ]  # fmt: skip


def test_what_we_write_on_paypal_s_objects_is_read_again() -> None:
    own = uuid4()
    assert read_own_name(own_name("maison-de-the", own)) == ("maison-de-the", str(own))
    assert [read_own_name(each) for each in (None, "", 3, "nothing")] == [
        ("", ""),
        ("", ""),
        ("", ""),
        ("nothing", ""),
    ]


@pytest.mark.parametrize("name", signed())
def test_paypal_s_own_notifications_are_read_whatever_their_dates(name: str) -> None:
    event = paypal_webhooks.parse(signed()[name].body)
    assert event.id.startswith("WH-")
    looked_at = event.type.startswith("PAYMENT.CAPTURE.")
    assert (event.about is not None) == looked_at
    assert (look_of("paypal", event.payload) is not None) == looked_at


def test_each_notification_names_what_is_to_be_looked_at() -> None:
    found = {name: paypal_webhooks.parse(note.body) for name, note in signed().items()}
    told = {
        event.type: (event.order_id, event.capture_id, event.refund_id)
        for event in found.values()
        if event.about
    }
    assert told["PAYMENT.CAPTURE.PENDING"] == ("8PR65097T8571330M", "02T21492PP3782704", None)
    assert told["PAYMENT.CAPTURE.DECLINED"] == ("48R416400V564864N", "7U133281TB3277326", None)
    assert told["PAYMENT.CAPTURE.REFUNDED"][2] == "1Y107995YT783435V"
    assert told["PAYMENT.CAPTURE.REFUNDED"][1] is not None


@pytest.mark.parametrize("event", known()["unsigned"], ids=lambda event: event["event_type"])
def test_what_paypal_s_older_payments_tell_is_kept_and_ignored(event: dict[str, Any]) -> None:
    assert look_of("paypal", event) is None


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"null", b"{", b'"x"', b'{"id":1,"event_type":"a","resource":{}}', b'{"id":"e","event_type":"","resource":{}}',
     b'{"id":"e","event_type":"a","resource":[]}', b'{"id":"e","event_type":"a"}', b"[" * 100_000, b"\xff"],
)  # fmt: skip
def test_what_is_no_event_is_malformed(body: bytes) -> None:
    with pytest.raises(WebhookMalformed):
        paypal_webhooks.parse(body)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
_TYPES = st.sampled_from(
    [
        "CHECKOUT.ORDER.APPROVED",
        "PAYMENT.CAPTURE.REFUNDED",
        "PAYMENT.CAPTURE.COMPLETED",
        "CUSTOMER.DISPUTE.CREATED",
    ]
)
_NAMES = st.sampled_from(
    [
        "id",
        "links",
        "supplementary_data",
        "custom_id",
        "purchase_units",
        "dispute_id",
        "disputed_transactions",
    ]
)


@given(_TYPES, st.dictionaries(_NAMES, _JSON, max_size=7))
def test_no_shape_of_a_resource_breaks_the_reader(kind: str, resource: dict[str, Any]) -> None:
    event = paypal_webhooks.read_payload({"id": "WH-1", "event_type": kind, "resource": resource})
    assert event.about is None or isinstance(event.about, str)
    assert all(isinstance(each, str) for each in event.own_name)


def test_comparisons_come_often_at_first_then_daily_then_never() -> None:
    assert next_comparison("stripe", NOW, NOW) is None
    assert next_comparison("paypal", NOW, NOW) == NOW + timedelta(minutes=15)
    assert next_comparison("paypal", NOW - timedelta(days=2), NOW) == NOW + timedelta(days=1)
    assert next_comparison("paypal", NOW - timedelta(days=31), NOW) == NOW + timedelta(days=7)
    assert next_comparison("paypal", NOW - timedelta(days=190), NOW) is None
    assert next_comparison("paypal", NOW - timedelta(hours=3), NOW, dead=True) is not None
    assert next_comparison("paypal", NOW - timedelta(hours=4), NOW, dead=True) is None


def test_lists_overlap_and_reach_back_further_once_a_day() -> None:
    assert listed_since(NOW - timedelta(minutes=15), NOW) == NOW - timedelta(minutes=75)
    assert listed_since(NOW - timedelta(days=1), NOW) <= NOW - timedelta(days=3)
    assert listed_since(NOW - timedelta(days=9), NOW) <= NOW - timedelta(days=9)
    assert listed_since(None, NOW) <= NOW - timedelta(days=3)
