"""Taking a line out of a cart."""

from uuid import uuid4

from shared.platform.brands import Brand
from tests.buyers import Buyer, archive, for_sale
from tests.stock import assert_reconciled, counters
from tests.till import Clock


def test_a_removed_line_gives_its_stock_back(brand: Brand) -> None:
    mug, plate = for_sale(brand, 10), for_sale(brand, 10, title="Plate")
    buyer = Buyer.of(brand)
    item = buyer.add(mug, 4).body["items"][0]["id"]
    buyer.add(plate, 1)
    answer = buyer.remove(item)
    assert answer.status == 200
    assert [line["title"] for line in answer.body["items"]] == ["Plate"]
    assert (counters(brand, mug), counters(brand, plate)) == ((10, 0), (10, 1))
    assert (buyer.remove(item).status, buyer.remove(str(uuid4())).code) == (404, "cart_item_not_found")
    assert_reconciled(brand)


def test_the_last_line_may_go_too_even_when_it_is_no_longer_for_sale(brand: Brand) -> None:
    mug = for_sale(brand, 10)
    buyer = Buyer.of(brand)
    item = buyer.add(mug, 4).body["items"][0]["id"]
    archive(brand, mug)
    assert buyer.remove(item).body["items"] == []
    assert counters(brand, mug) == (10, 0)


def test_a_line_can_be_removed_when_others_have_taken_what_it_held(brand: Brand, at: Clock) -> None:
    mug, reward = for_sale(brand, 2), for_sale(brand, 2, points=500)
    buyer = Buyer.of(brand)
    first = buyer.add(mug, 2).body["items"][0]["id"]
    buyer.add(reward, 1)
    points = buyer.add(reward, 1, pay_with="points").body["items"][2]["id"]
    at.move(minutes=31)
    assert Buyer.of(brand).add(mug, 2).status == 201
    assert Buyer.of(brand).add(reward, 2).status == 201
    assert buyer.remove(points).status == 200
    assert buyer.remove(first).status == 200
    assert_reconciled(brand)
