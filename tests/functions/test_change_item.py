"""Setting how many units a line holds."""

from uuid import uuid4

import pytest

from shared.platform.brands import Brand
from tests.buyers import Buyer, archive, for_sale, set_price
from tests.stock import assert_reconciled, counters


def test_only_the_difference_is_held_or_given_back(brand: Brand) -> None:
    mug = for_sale(brand, 10)
    buyer = Buyer.of(brand)
    item = buyer.add(mug, 4).body["items"][0]["id"]
    for quantity in (7, 2):
        answer = buyer.change(item, quantity)
        assert (answer.status, answer.body["items"][0]["quantity"]) == (200, quantity)
        assert counters(brand, mug) == (10, quantity)
    assert_reconciled(brand)


def test_too_much_is_refused_with_the_quantity_that_could_be_set(brand: Brand) -> None:
    mug = for_sale(brand, 5)
    buyer = Buyer.of(brand)
    item = buyer.add(mug, 3).body["items"][0]["id"]
    answer = buyer.change(item, 6)
    assert (answer.status, answer.code, answer.body["available_quantity"]) == (409, "out_of_stock", 5)
    assert buyer.change(item, 5).status == 200


@pytest.mark.parametrize("quantity", [0, -1, 1000, "3", None])
def test_a_quantity_of_zero_or_of_nonsense_is_invalid(brand: Brand, quantity: object) -> None:
    buyer = Buyer.of(brand)
    item = buyer.add(for_sale(brand, 5)).body["items"][0]["id"]
    assert buyer.change(item, quantity).status == 422


def test_fewer_units_keep_their_agreed_price_and_more_are_had_at_the_price_of_the_day(brand: Brand) -> None:
    mug = for_sale(brand, 10, price=1000)
    buyer = Buyer.of(brand)
    item = buyer.add(mug, 4).body["items"][0]["id"]
    set_price(brand, mug, 1300)
    assert buyer.change(item, 3).body["items"][0]["unit_price"]["amount"] == 1000
    assert buyer.change(item, 4).body["items"][0]["unit_price"]["amount"] == 1300


def test_of_what_is_no_longer_for_sale_there_may_be_less_but_not_more(brand: Brand) -> None:
    mug = for_sale(brand, 10)
    buyer = Buyer.of(brand)
    item = buyer.add(mug, 4).body["items"][0]["id"]
    archive(brand, mug)
    assert buyer.change(item, 2).status == 200
    assert buyer.change(item, 3).code == "variant_not_found"


def test_a_line_of_another_cart_is_not_there(brand: Brand) -> None:
    mug = for_sale(brand, 10)
    buyer, other = Buyer.of(brand), Buyer.of(brand)
    item = other.add(mug).body["items"][0]["id"]
    for unknown in (item, str(uuid4())):
        answer = buyer.change(unknown, 2)
        assert (answer.status, answer.code) == (404, "cart_item_not_found")
