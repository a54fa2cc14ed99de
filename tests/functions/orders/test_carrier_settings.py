"""A brand's account with its carrier: its secret is taken, never shown, and signs for that brand alone."""

import hashlib
import hmac
import json
from typing import Any

from functions.identity.change_settings import handler as change_settings
from functions.identity.get_settings import handler as get_settings
from shared.orders.carriers.accounts import secret_of
from shared.platform import brands
from shared.platform.brands import Brand
from tests.functions.orders.conftest import Desk
from tests.people import rows
from tests.shipping import webhook

ACCOUNT = {
    "public_key": "pub",
    "secret_key": "s3cret",
    "sender_address_id": 7,
    "shipping_option": "colissimo:home/fr",
}
TOLD: dict[str, Any] = {"parcel": {"tracking_number": "6A1", "status": {"id": 11, "message": "Delivered"}}}
PATH = "/v1/admin/settings"


def test_the_secret_is_taken_and_never_shown(desk: Desk) -> None:
    answer = desk.admin.call(change_settings, "PATCH", PATH, {"sendcloud": ACCOUNT})
    assert answer.status == 200, answer.body
    shown = {name: value for name, value in ACCOUNT.items() if name != "secret_key"}
    for seen in (answer, desk.admin.call(get_settings, "GET", PATH)):
        assert (seen.body["sendcloud"], "s3cret" in json.dumps(seen.body)) == (shown, False)
    [kept] = rows(desk.brand, "SELECT settings::text AS settings FROM platform.brands")
    assert "s3cret" not in kept.settings
    assert secret_of(brands.brand_by_id(desk.brand.id)) == "s3cret"


def test_it_signs_for_this_brand_alone(desk: Desk, another_brand: Brand) -> None:
    desk.admin.call(change_settings, "PATCH", PATH, {"sendcloud": ACCOUNT})
    signature = hmac.new(b"s3cret", json.dumps(TOLD).encode(), hashlib.sha256).hexdigest()
    assert webhook(desk.brand, TOLD, signature=signature).status == 200
    assert webhook(another_brand, TOLD, signature=signature).status == 404
    assert desk.admin.call(change_settings, "PATCH", PATH, {"sendcloud": None}).body["sendcloud"] is None
    assert webhook(desk.brand, TOLD | {"x": 1}, signature=signature).status == 404


def test_how_orders_are_split_is_chosen(desk: Desk) -> None:
    assert desk.admin.call(get_settings, "GET", PATH).body["fulfilment"] == {
        "split": "manual",
        "carrier": None,
    }
    chosen = {"split": "automatic", "carrier": "sendcloud"}
    answer = desk.admin.call(change_settings, "PATCH", PATH, {"fulfilment": chosen})
    assert answer.body["fulfilment"] == chosen
    refused = desk.admin.call(change_settings, "PATCH", PATH, {"fulfilment": {"split": "sometimes"}})
    assert refused.status == 422
