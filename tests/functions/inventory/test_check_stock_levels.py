"""check_stock_levels: what sales and expiries did to levels is told, once, in every brand."""

from datetime import timedelta
from uuid import UUID

import pytest

from functions.inventory import check_stock_levels as function
from shared.inventory import reservations, restock_requests
from shared.platform.brands import Brand
from shared.platform.work import begin
from tests.buyers import archive
from tests.gateway import Bus
from tests.stock import second_place, some_id
from tests.warehouse import Keeper, goods, kinds_told, told

pytestmark = pytest.mark.usefixtures("issuer")


def run() -> tuple[int, int, bool]:
    counts = function.handler({}, None)
    return counts["processed"], counts["failed"], counts["finished"]


def buy(brand: Brand, variant: UUID, units: int) -> None:
    order = some_id()
    with begin(brand, "test") as work:
        reservations.hand_over(work, some_id(), order, {variant: units}, work.now + timedelta(minutes=9))
        reservations.commit(work, order)


def test_what_was_sold_down_is_told_once(brand: Brand) -> None:
    mug, lamp = goods(brand, 5), goods(brand, 5, "Lamp")
    Keeper.of(brand).set(mug, low_threshold=2)
    buy(brand, mug, 4)
    buy(brand, lamp, 5)
    assert run() == (2, 0, True)
    assert sorted(kinds_told(brand)) == ["stock.low", "stock.out"]
    assert run() == (0, 0, True)
    assert len(kinds_told(brand)) == 2


def test_a_hold_that_runs_out_is_stock_again_before_anybody_settles_it(brand: Brand) -> None:
    mug = goods(brand, 2)
    cart = some_id()
    with begin(brand, "test") as work:
        reservations.reserve(work, cart, {mug: 2}, work.now + timedelta(minutes=30))
    assert run() == (1, 0, True)
    with begin(brand, "test") as work:
        work.run("UPDATE inventory.inventory_reservations SET expires_at = %(now)s", now=work.now)
    assert run() == (1, 0, True)
    assert kinds_told(brand) == ["stock.out", "stock.replenished"]


def test_all_places_count_together(brand: Brand) -> None:
    mug = goods(brand, 1)
    second_place(brand, mug, 3)
    buy(brand, mug, 1)
    assert run() == (0, 0, True)
    buy(brand, mug, 3)
    assert run() == (1, 0, True)


def test_customers_who_wait_are_told_when_stock_came_back_by_itself(brand: Brand, bus: Bus) -> None:
    mug = goods(brand, 1)
    cart = some_id()
    with begin(brand, "test") as work:
        reservations.reserve(work, cart, {mug: 1}, work.now + timedelta(minutes=30))
        restock_requests.ask(work, mug, "ada@example.com", "fr")
    run()
    with begin(brand, "test") as work:
        reservations.release(work, cart)
    run()
    assert {fact["variant_id"] for _, fact in told(brand, "awaited_stock.returned")} == {str(mug)}
    # Somebody lost that event's delivery: it is told again while they wait.
    before = len(told(brand, "awaited_stock.returned"))
    assert run() == (0, 0, True)
    assert len(told(brand, "awaited_stock.returned")) == before + 1


def test_an_archived_product_is_missed_by_nobody(brand: Brand) -> None:
    mug, lamp = goods(brand, 1), goods(brand, 1)
    for each in (mug, lamp):
        buy(brand, each, 1)
    archive(brand, mug)
    assert run() == (1, 0, True)
    archive(brand, lamp)
    assert run() == (1, 0, True)
    assert kinds_told(brand) == ["stock.out"]
    assert Keeper.of(brand).alerts() == []


def test_every_brand_is_looked_at_and_more_than_one_batch_is_worked_off(
    brand: Brand, another_brand: Brand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(function, "BATCH", 2)
    for shop in (brand, another_brand):
        for _ in range(3):
            buy(shop, goods(shop, 1), 1)
    assert run() == (6, 0, True)
    assert len(kinds_told(brand)) == len(kinds_told(another_brand)) == 3


def test_stock_in_somebodys_hands_is_looked_at_next_time(brand: Brand) -> None:
    mug = goods(brand, 1)
    buy(brand, mug, 1)
    with begin(brand, "test") as work:
        work.all("SELECT 1 AS one FROM inventory.inventory_items FOR UPDATE")
        assert run() == (0, 0, True)
    assert run() == (1, 0, True)


def test_a_variant_of_which_somebody_has_one_place_in_hands_is_left_alone_whole(brand: Brand) -> None:
    mug = goods(brand, 1)
    second_place(brand, mug, 1)
    buy(brand, mug, 2)
    with begin(brand, "test") as work:
        work.all("SELECT 1 AS one FROM inventory.inventory_items ORDER BY id LIMIT 1 FOR UPDATE")
        assert run() == (0, 0, True)
    assert run() == (1, 0, True)
