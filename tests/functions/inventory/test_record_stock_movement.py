"""POST /v1/admin/inventory/{variant_id}/movements: units come and go, once, and never below what is spoken for."""

import threading
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from shared.identity.permissions import Role
from shared.inventory import reservations
from shared.platform.brands import Brand
from shared.platform.database import close_all
from shared.platform.work import begin
from tests.killing import DieAt, Killed
from tests.shop import product, sell, variant
from tests.stock import assert_reconciled, some_id
from tests.warehouse import Keeper, goods, kinds_told

pytestmark = pytest.mark.usefixtures("issuer", "bus")


def hold(brand: Brand, variant_id: UUID, units: int, minutes: int = 9) -> None:
    with begin(brand, "test") as work:
        reservations.reserve(work, some_id(), {variant_id: units}, work.now + timedelta(minutes=minutes))


@pytest.mark.parametrize(
    ("kind", "quantity", "on_hand"),
    [("in", 4, 14), ("out", 4, 6), ("return", 4, 14), ("adjustment", 4, 14), ("adjustment", -4, 6)],
)
def test_a_movement_has_the_sign_of_its_type(brand: Brand, kind: str, quantity: int, on_hand: int) -> None:
    mug, keeper = goods(brand, 10), Keeper.of(brand)
    answer = keeper.move(mug, kind, quantity)
    assert answer.status == 201
    assert (answer.body["on_hand"], answer.body["reserved"], answer.body["available"]) == (
        on_hand,
        0,
        on_hand,
    )
    latest = keeper.stock(mug).body["movements"][0]
    assert (latest["type"], latest["quantity"], latest["reason"]) == (kind, on_hand - 10, "count")


@pytest.mark.parametrize(
    ("kind", "quantity"),
    [
        ("in", 0),
        ("in", -1),
        ("out", -1),
        ("adjustment", 0),
        ("in", 1.5),
        ("in", "3"),
        ("in", 10**12),
        ("sale", 1),
    ],
)
def test_what_makes_no_sense_is_refused(brand: Brand, kind: str, quantity: object) -> None:
    mug = goods(brand, 10)
    assert Keeper.of(brand).move(mug, kind, quantity).status == 422


def test_what_carts_hold_and_the_safety_stock_keeps_cannot_go(brand: Brand) -> None:
    mug, keeper = goods(brand, 10), Keeper.of(brand)
    hold(brand, mug, 3)
    keeper.set(mug, safety_stock=2)
    refused = keeper.move(mug, "out", 6)
    assert (refused.status, refused.code, refused.body["available_quantity"]) == (409, "out_of_stock", 5)
    assert keeper.move(mug, "out", 5).body["available"] == 0
    assert_reconciled(brand)


def test_a_hold_that_ran_out_keeps_nothing_back(brand: Brand) -> None:
    mug, keeper = goods(brand, 4), Keeper.of(brand)
    hold(brand, mug, 4, minutes=-1)
    assert keeper.move(mug, "out", 4).status == 201
    assert keeper.levels(mug) == (0, 0, 0)
    assert keeper.stock(mug).body["reservations"][0]["state"] == "expired"
    assert_reconciled(brand)


def test_what_may_be_sold_ahead_may_be_owed(brand: Brand) -> None:
    mug, keeper = goods(brand, 1), Keeper.of(brand)
    keeper.set(mug, backorder_allowed=True)
    assert keeper.move(mug, "out", 3).body["on_hand"] == -2


def test_a_place_holds_no_more_than_a_thousand_million(brand: Brand) -> None:
    mug, keeper = goods(brand, 10), Keeper.of(brand)
    with begin(brand, "test") as work:
        work.run(
            "INSERT INTO inventory.inventory_movements (id, item_id, type, quantity, actor, at)"
            " SELECT gen_random_uuid(), id, 'in', 999999000, 'test', created_at FROM inventory.inventory_items"
        )
    refused = keeper.move(mug, "in", 1_000_000)
    assert (refused.status, refused.code) == (422, "too_much_stock")


def test_a_variant_gets_its_item_when_it_first_needs_one(brand: Brand) -> None:
    mug, keeper = goods(brand, 0), Keeper.of(brand)
    assert keeper.stock(mug).body["locations"] == []
    assert keeper.move(mug, "in", 5).body["available"] == 5
    assert kinds_told(brand) == []


def test_a_named_place_takes_it(brand: Brand) -> None:
    mug, keeper = goods(brand, 1), Keeper.of(brand)
    lyon = keeper.open("lyon").body["id"]
    answer = keeper.move(mug, "in", 5, location_id=lyon)
    assert {place["location"]: place["on_hand"] for place in answer.body["locations"]} == {
        "main": 1,
        "lyon": 5,
    }
    nowhere = keeper.move(mug, "in", 5, location_id=str(uuid4()))
    assert (nowhere.status, nowhere.code) == (404, "location_not_found")


def test_the_same_key_moves_once_and_needs_to_be_there(brand: Brand) -> None:
    mug, keeper = goods(brand, 10), Keeper.of(brand)
    first, again = (keeper.move(mug, "out", 3, key="scan-1") for _ in range(2))
    assert first.body == again.body
    assert again.headers["idempotent-replayed"] == "true"
    assert keeper.move(mug, "out", 4, key="scan-1").code == "idempotency_key_reused"
    assert keeper.levels(mug) == (7, 0, 7)
    assert keeper.move(mug, "out", 3, key=" ").code == "idempotency_key_required"


def test_a_function_killed_before_its_commit_has_moved_nothing_and_may_be_asked_again(
    brand: Brand, die_at: DieAt
) -> None:
    mug, keeper = goods(brand, 10), Keeper.of(brand)
    die_at("before_commit")
    with pytest.raises(Killed):
        keeper.move(mug, "out", 3, key="scan-1")
    assert keeper.levels(mug) == (10, 0, 10)
    die_at("after_commit")
    with pytest.raises(Killed):
        keeper.move(mug, "out", 3, key="scan-1")
    assert keeper.move(mug, "out", 3, key="scan-1").headers["idempotent-replayed"] == "true"
    assert keeper.levels(mug) == (7, 0, 7)


def test_movements_at_once_take_what_there_is_and_no_more(brand: Brand) -> None:
    mug = goods(brand, 10)
    keepers = [Keeper.of(brand) for _ in range(6)]
    statuses: list[int] = []

    def take(keeper: Keeper) -> None:
        try:
            statuses.append(keeper.move(mug, "out", 3).status)
        finally:
            close_all()

    threads = [threading.Thread(target=take, args=(keeper,)) for keeper in keepers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [201, 201, 201, 409, 409, 409]
    assert_reconciled(brand)


def test_who_may_and_whose_it_is(brand: Brand, another_brand: Brand) -> None:
    mug, theirs = goods(brand, 1), variant("THEIRS")
    sell(another_brand, product("theirs", theirs))
    keeper = Keeper.of(brand)
    for unknown in (theirs.id, uuid4()):
        answer = keeper.move(unknown, "in", 1)
        assert (answer.status, answer.code) == (404, "stock_not_found")
    assert Keeper.of(brand, Role.SUPPORT).move(mug, "in", 1).status == 403
    assert Keeper(brand, {"x-brand": brand.slug}).move(mug, "in", 1).status == 401
