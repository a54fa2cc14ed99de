"""The ways to send a parcel."""

from typing import Any

import pytest

from functions.checkout.list_shipping_options import handler
from shared.platform.brands import Brand
from tests.buyers import PARIS, Buyer, for_sale
from tests.gateway import Answer, call


def options(brand: Brand, headers: dict[str, str] | None = None, **query: Any) -> Answer:
    sent = {"x-brand": brand.slug, **(headers or {})}
    return call(handler, "GET", "/v1/store/shipping-options", query=query, headers=sent)


@pytest.mark.parametrize(
    ("country", "ids"),
    [
        ("FR", ["pickup", "standard", "express"]),
        ("be", ["pickup", "standard", "express"]),
        ("LU", ["pickup", "standard", "express"]),
        ("CH", ["standard", "express"]),
    ],
)
def test_each_country_has_its_options_with_name_price_and_days(
    brand: Brand, country: str, ids: list[str]
) -> None:
    answer = options(brand, country=country)
    assert answer.status == 200
    assert [option["id"] for option in answer.body["data"]] == ids
    for option in answer.body["data"]:
        assert option["price"]["currency"] == "EUR"
        assert option["name"]
        assert option["estimated_days"] >= option["min_days"] >= 1


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"country": "US"}, "country_not_served"),
        ({"country": "FRA"}, "validation_failed"),
        ({}, "validation_failed"),
        ({"country": "FR", "cart_id": "nonsense"}, "validation_failed"),
        ({"country": "FR", "postcode": "9" * 17}, "validation_failed"),
    ],
)
def test_a_country_that_is_not_served_or_not_one_is_invalid(
    brand: Brand, query: dict[str, Any], code: str
) -> None:
    answer = options(brand, **query)
    assert (answer.status, answer.code) == (422, code)


def test_for_a_cart_the_prices_are_those_of_its_checkout(brand: Brand) -> None:
    buyer = Buyer.of(brand, locale="en")
    buyer.add(for_sale(brand, weight_g=2500, price=1000), 2)
    address = PARIS
    answer = options(brand, buyer.headers, country="FR", postcode="75001", cart_id=buyer.cart_id)
    prices = {option["id"]: option["price"] for option in answer.body["data"]}
    assert prices["standard"]["amount"] == 1190
    for option, price in prices.items():
        preview = buyer.preview(shipping_address=address, shipping_option_id=option)
        assert preview.body["totals"]["shipping"] == price
    assert answer.body["data"][0]["name"] == "Pickup point"


def test_a_cart_needs_its_token_here_too(brand: Brand) -> None:
    buyer, other = Buyer.of(brand), Buyer.of(brand)
    assert options(brand, country="FR", cart_id=buyer.cart_id).status == 401
    answer = options(brand, other.headers, country="FR", cart_id=buyer.cart_id)
    assert (answer.status, answer.code) == (404, "cart_not_found")
