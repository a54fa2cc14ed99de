"""A carrier's webhook is proven, kept once, and answered at once."""

from typing import Any

import pytest

from shared.orders import retention
from shared.platform import brands
from shared.platform.brands import Brand
from tests.functions.orders.conftest import Desk
from tests.people import rows
from tests.shipping import Carrier, signed, webhook
from tests.till import Clock

TOLD: dict[str, Any] = {
    "action": "parcel_status_changed",
    "timestamp": 1_795_000_000_000,
    "parcel": {
        "name": "Ada Byron",
        "address": "1 rue de Rivoli",
        "tracking_number": "6A1",
        "status": {"id": 11, "message": "Delivered"},
    },
}


def _kept(brand: Brand) -> list[Any]:
    return rows(
        brand, "SELECT carrier, news::text AS news, processed_at FROM orders.carrier_webhooks ORDER BY id"
    )


def test_it_is_kept_once_without_whom_it_is_for(carrier: Carrier, desk: Desk) -> None:
    for _ in range(3):
        answer = carrier.send(TOLD)
        assert (answer.status, answer.body) == (200, {"received": True})
    [kept] = _kept(desk.brand)
    assert (kept.carrier, kept.processed_at) == ("sendcloud", None)
    assert "Ada" not in kept.news
    assert "Rivoli" not in kept.news
    assert len(desk.told("carrier.webhook_received")) == 1
    carrier.hear()
    [kept] = _kept(desk.brand)
    assert kept.processed_at is not None
    assert "6A1" not in kept.news


def test_what_it_did_not_sign_is_refused(carrier: Carrier, desk: Desk) -> None:
    for signature in ("", "0" * 64, signed(b"{}"), "é", signed(b"{}")[:-1] + "\x00"):
        answer = carrier.send(TOLD, signature=signature)
        assert (answer.status, answer.code) == (400, "carrier_signature_invalid")
    assert _kept(desk.brand) == []


def test_what_has_served_its_time_is_forgotten(carrier: Carrier, desk: Desk, at: Clock) -> None:
    assert carrier.send(TOLD).status == 200
    assert retention.purge_batch() == (0, 0)
    at.move(days=retention.CARRIER_WEBHOOKS.days)
    assert retention.purge_batch() == (1, 0)
    assert _kept(desk.brand) == []


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"\xff", b'{"a": 1}', b"[" * 100_000, b"null"])
def test_what_is_no_webhook_is_refused(carrier: Carrier, body: bytes) -> None:
    answer = carrier.send(body)
    assert (answer.status, answer.code) == (400, "carrier_webhook_malformed")


def test_what_is_about_no_parcel_is_taken_and_forgotten(carrier: Carrier, desk: Desk) -> None:
    told: dict[str, Any]
    for told in ({"action": "integration_updated"}, {"parcel": {}}, {"events": [], "tracking_numbers": []}):
        assert carrier.send(told).status == 200
    assert _kept(desk.brand) == []


def test_carriers_that_nobody_has_an_account_with_are_not_there(
    carrier: Carrier, desk: Desk, another_brand: Brand
) -> None:
    assert (
        webhook(desk.brand, TOLD, carrier="pigeons").status,
        carrier.send(TOLD, brand=another_brand).status,
    ) == (
        404,
        404,
    )
    brands.forget()
    assert _kept(another_brand) == []
