"""PATCH /v1/store/cart/{cart_id}: who buys, in which language, and where to."""

from typing import Any

import pytest

from functions.cart.change_cart import handler
from shared.platform.brands import Brand
from tests.buyers import Buyer, captured, for_sale
from tests.gateway import Answer, Bus, call
from tests.leavers import filled, left, steps
from tests.till import Clock, Till

pytestmark = pytest.mark.usefixtures("issuer", "bus", "till")


def change(buyer: Buyer, headers: dict[str, str] | None = None, **asked: Any) -> Answer:
    return call(
        handler,
        "PATCH",
        f"/v1/store/cart/{buyer.cart_id}",
        asked,
        headers=buyer.headers if headers is None else headers,
        path_params={"cart_id": buyer.cart_id},
    )


def test_shipping_and_tax_are_estimated_for_the_address(brand: Brand) -> None:
    buyer = filled(brand, None, price=2000, weight_g=300)
    assert buyer.look().body["address"] is None
    cart = change(buyer, address={"country": "BE", "postcode": "1000"}).body
    assert cart["address"] == {"country": "BE", "postcode": "1000"}
    assert cart["totals"]["shipping"]["amount"] > 0
    total = cart["totals"]
    assert total["total"]["amount"] == total["subtotal"]["amount"] + total["shipping"]["amount"]
    assert buyer.look().body == cart
    assert change(buyer, address=None).body["totals"]["shipping"]["amount"] == 0


def test_address_and_language_are_kept_and_the_rest_stays(brand: Brand) -> None:
    buyer = filled(brand, "lea@example.com")
    cart = change(buyer, locale="en").body
    assert (cart["locale"], cart["email"]) == ("en", "lea@example.com")
    cart = change(buyer, email="ada@example.com").body
    assert (cart["locale"], cart["email"]) == ("en", "ada@example.com")
    assert change(buyer, email=None).body["email"] is None


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"email": "lea"}, "email"),
        ({"email": "lea@example.com\r\nBcc: eve@example.com"}, "email"),
        ({"locale": "french"}, "locale"),
        ({"locale": None}, "locale"),
        ({"address": {"country": "fr"}}, "address.country"),
        ({"address": {"country": "FR", "postcode": "7" * 17}}, "address.postcode"),
        ({"status": "converted"}, "status"),
    ],
)
def test_what_no_cart_can_have_is_invalid(brand: Brand, asked: dict[str, Any], field: str) -> None:
    answer = change(filled(brand), **asked)
    assert (answer.status, answer.code) == (422, "validation_failed")
    assert [error["field"] for error in answer.body["errors"]] == [field]


def test_nul_bytes_are_refused_and_a_country_that_is_not_served_too(brand: Brand) -> None:
    buyer = filled(brand)
    assert change(buyer, address={"country": "US"}).code == "country_not_served"
    assert change(buyer, address={"country": "FR", "postcode": "75\x00"}).status == 422


def test_only_its_holder_changes_an_open_cart(
    brand: Brand, another_brand: Brand, till: Till, bus: Bus
) -> None:
    buyer, other = filled(brand), filled(brand)
    assert change(buyer, {"x-brand": brand.slug}, locale="en").code == "cart_token_missing"
    assert change(buyer, other.headers, locale="en").code == "cart_not_found"
    assert (
        change(buyer, buyer.headers | {"x-brand": another_brand.slug}, locale="en").code == "cart_not_found"
    )
    captured(brand, till, bus, buyer.check_out())
    assert change(buyer, locale="en").code == "cart_closed"


def test_an_address_that_has_a_cart_elsewhere_is_not_reminded_of_that_one(brand: Brand, at: Clock) -> None:
    older = left(brand, at)
    newer = Buyer.of(brand)
    newer.add(for_sale(brand))
    change(newer, email="LEA@example.com")
    assert steps(brand, older) == ["newer_cart"] * 3
