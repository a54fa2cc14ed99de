"""Putting units of a variant into a cart."""

from uuid import uuid4

from shared.platform.brands import Brand
from tests.shop import Buyer, Clock, archive, for_sale, set_price
from tests.stock import assert_reconciled, counters


def test_units_are_put_in_held_and_answered_with_the_whole_cart(brand: Brand) -> None:
    mug = for_sale(brand, 10, price=1999)
    answer = Buyer.of(brand).add(mug, 2)
    assert answer.status == 201
    [line] = answer.body["items"]
    assert (line["variant_id"], line["title"], line["quantity"]) == (str(mug), "Mug", 2)
    assert line["unit_price"] == line["current_price"] == {"amount": 1999, "currency": "EUR"}
    assert line["line_total"] == {"amount": 3998, "currency": "EUR"}
    assert line["available_quantity"] == 10
    totals = answer.body["totals"]
    assert totals["subtotal"] == totals["total"] == {"amount": 3998, "currency": "EUR"}
    assert totals["tax"] == {"amount": 666, "currency": "EUR"}
    assert (answer.body["can_checkout"], answer.body["problems"]) == (True, [])
    assert answer.body["reservation_expires_at"]
    assert counters(brand, mug) == (10, 2)
    assert_reconciled(brand)
