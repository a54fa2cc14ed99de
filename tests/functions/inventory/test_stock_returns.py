"""Returns of sold orders: back to where they were taken from, never more than was sold."""

from datetime import timedelta
from uuid import UUID

import pytest

from shared.inventory import movements, reservations, restock_requests
from shared.platform.brands import Brand
from shared.platform.work import begin
from tests.stock import assert_reconciled, second_place, some_id
from tests.warehouse import Keeper, goods, kinds_told, told

pytestmark = pytest.mark.usefixtures("issuer")


def sold(brand: Brand, units: dict[UUID, int]) -> UUID:
    order = some_id()
    with begin(brand, "test") as work:
        reservations.hand_over(work, some_id(), order, units, work.now + timedelta(minutes=9))
        reservations.commit(work, order)
    return order


def give_back(brand: Brand, order: UUID, units: dict[UUID, int]) -> dict[UUID, int]:
    with begin(brand, "test") as work:
        return movements.record_return(work, order, units, "refund", "test")


def test_what_comes_back_lies_where_it_was_taken_from(brand: Brand) -> None:
    mug = goods(brand, 2)
    second_place(brand, mug, 3)
    order = sold(brand, {mug: 5})
    assert give_back(brand, order, {mug: 4}) == {mug: 4}
    body = Keeper.of(brand).stock(mug).body
    assert [place["on_hand"] for place in body["locations"]] == [2, 2]
    assert {(each["type"], each["order_id"]) for each in body["movements"][:2]} == {("return", str(order))}
    assert_reconciled(brand)


def test_no_more_comes_back_than_was_sold_however_often_it_is_asked(brand: Brand) -> None:
    mug, lamp = goods(brand, 5), goods(brand, 5)
    order = sold(brand, {mug: 2, lamp: 1})
    assert give_back(brand, order, {mug: 1, lamp: 0}) == {mug: 1}
    assert give_back(brand, order, {mug: 9, lamp: 9}) == {mug: 1, lamp: 1}
    assert give_back(brand, order, {mug: 1, lamp: 1}) == {}
    assert Keeper.of(brand).levels(mug) == (5, 0, 5)
    assert_reconciled(brand)


def test_what_was_not_sold_does_not_come_back(brand: Brand, another_brand: Brand) -> None:
    mug, lamp = goods(brand, 5), goods(brand, 5)
    order = sold(brand, {mug: 1})
    assert give_back(brand, order, {lamp: 1}) == {}
    assert give_back(brand, some_id(), {mug: 1}) == {}
    assert give_back(another_brand, order, {mug: 1}) == {}


def test_what_comes_back_is_told_to_those_who_wait(brand: Brand) -> None:
    mug = goods(brand, 1)
    order = sold(brand, {mug: 1})
    with begin(brand, "test") as work:
        restock_requests.ask(work, mug, "ada@example.com", "fr")
    give_back(brand, order, {mug: 1})
    assert kinds_told(brand) == ["stock.out", "stock.replenished"]
    assert len(told(brand, "awaited_stock.returned")) == 1
