"""POST /v1/admin/inventory/transfers: units go from place to place, both ends or neither."""

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
from tests.stock import assert_reconciled, some_id
from tests.warehouse import Keeper, goods, main_location

pytestmark = pytest.mark.usefixtures("issuer", "bus")


def places(keeper: Keeper, variant: UUID) -> dict[str, int]:
    return {place["location"]: place["on_hand"] for place in keeper.stock(variant).body["locations"]}


def two_places(brand: Brand, units: int = 10) -> tuple[Keeper, UUID, str, str]:
    mug, keeper = goods(brand, units), Keeper.of(brand)
    return keeper, mug, main_location(brand), keeper.open("lyon").body["id"]


def test_both_ends_move_and_the_sum_stays(brand: Brand) -> None:
    keeper, mug, main, lyon = two_places(brand)
    answer = keeper.transfer(mug, 4, main, lyon)
    assert answer.status == 201
    assert (answer.body["on_hand"], answer.body["available"]) == (10, 10)
    assert places(keeper, mug) == {"main": 6, "lyon": 4}
    ends = keeper.stock(mug).body["movements"][:2]
    assert {end["transfer_id"] for end in ends} == {answer.body["transfer_id"]}
    assert sorted(end["quantity"] for end in ends) == [-4, 4]
    assert_reconciled(brand)


def test_what_is_held_stays_where_it_is_held_until_its_time_is_over(brand: Brand) -> None:
    keeper, mug, main, lyon = two_places(brand)
    for units, minutes in ((7, 9), (3, -9)):
        with begin(brand, "test") as work:
            reservations.reserve(work, some_id(), {mug: units}, work.now + timedelta(minutes=minutes))
    refused = keeper.transfer(mug, 4, main, lyon)
    assert (refused.status, refused.body["available_quantity"]) == (409, 3)
    assert keeper.transfer(mug, 3, main, lyon).status == 201


def test_what_is_not_there_cannot_go_even_where_it_is_sold_ahead(brand: Brand) -> None:
    keeper, mug, main, lyon = two_places(brand, units=2)
    keeper.set(mug, backorder_allowed=True)
    assert keeper.transfer(mug, 3, main, lyon).code == "out_of_stock"
    assert keeper.transfer(mug, 1, lyon, main).code == "out_of_stock"
    assert places(keeper, mug) == {"main": 2}


def test_odd_transfers_are_refused(brand: Brand) -> None:
    keeper, mug, main, lyon = two_places(brand)
    assert keeper.transfer(mug, 1, main, main).code == "same_location"
    assert keeper.transfer(mug, 1, main, str(uuid4())).code == "location_not_found"
    assert keeper.transfer(uuid4(), 1, main, lyon).code == "stock_not_found"
    assert keeper.transfer(mug, 0, main, lyon).status == 422


def test_the_same_key_transfers_once_whatever_is_killed(brand: Brand, die_at: DieAt) -> None:
    keeper, mug, main, lyon = two_places(brand)
    for step in ("before_commit", "after_commit"):
        die_at(step)
        with pytest.raises(Killed):
            keeper.transfer(mug, 4, main, lyon, key="t-1")
    assert keeper.transfer(mug, 4, main, lyon, key="t-1").headers["idempotent-replayed"] == "true"
    assert places(keeper, mug) == {"main": 6, "lyon": 4}


def test_opposite_transfers_at_once_never_block_each_other_for_good(brand: Brand) -> None:
    keeper, mug, main, lyon = two_places(brand, units=100)
    keeper.transfer(mug, 50, main, lyon)
    statuses: list[int] = []

    def carry(there: bool) -> None:
        try:
            for _ in range(4):
                ends = (main, lyon) if there else (lyon, main)
                statuses.append(keeper.transfer(mug, 1, *ends).status)
                statuses.append(keeper.move(mug, "in", 1, location_id=ends[0]).status)
        finally:
            close_all()

    threads = [threading.Thread(target=carry, args=(number % 2 == 0,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [201] * 32
    assert places(keeper, mug) == {"main": 58, "lyon": 58}
    assert_reconciled(brand)


def test_who_may_and_whose_places_they_are(brand: Brand, another_brand: Brand) -> None:
    keeper, mug, main, _ = two_places(brand)
    theirs = Keeper.of(another_brand).open("theirs").body["id"]
    assert keeper.transfer(mug, 1, main, theirs).code == "location_not_found"
    assert Keeper.of(brand, Role.SUPPORT).transfer(mug, 1, main, theirs).status == 403
    assert Keeper(brand, {"x-brand": brand.slug}).transfer(mug, 1, main, theirs).status == 401
