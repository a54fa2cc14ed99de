"""PATCH /v1/admin/inventory/{variant_id}: what stays back, when it is low, whether it may be sold ahead."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from shared.identity.permissions import Role
from shared.inventory import reservations
from shared.platform.brands import Brand
from shared.platform.work import begin
from tests.deeds import log
from tests.stock import assert_reconciled, some_id
from tests.warehouse import Keeper, goods, kinds_told

pytestmark = pytest.mark.usefixtures("issuer")


def test_what_is_given_changes_and_the_rest_stays(brand: Brand) -> None:
    mug, keeper = goods(brand, 10), Keeper.of(brand)
    first = keeper.set(mug, safety_stock=3, low_threshold=5)
    assert (first.status, first.body["version"], first.headers["etag"]) == (200, 2, '"2"')
    second = keeper.set(mug, backorder_allowed=True, low_threshold=None)
    assert {name: second.body[name] for name in ("safety_stock", "low_threshold", "backorder_allowed")} == {
        "safety_stock": 3,
        "low_threshold": None,
        "backorder_allowed": True,
    }
    assert keeper.levels(mug) == (10, 0, 7)
    assert log(brand)[0]["changes"]["backorder_allowed"] == {"before": False, "after": True}


def test_two_who_change_at_once_do_not_undo_each_other(brand: Brand) -> None:
    mug, keeper = goods(brand, 10), Keeper.of(brand)
    seen = keeper.stock(mug).body["locations"][0]["version"]
    assert keeper.set(mug, if_match=f'"{seen}"', safety_stock=1).status == 200
    late = keeper.set(mug, if_match=f'"{seen}"', safety_stock=2)
    assert (late.status, late.code) == (412, "version_stale")


def test_what_is_spoken_for_is_not_kept_back(brand: Brand) -> None:
    mug, keeper = goods(brand, 10), Keeper.of(brand)
    for units, minutes in ((6, 9), (2, -9)):
        with begin(brand, "test") as work:
            reservations.reserve(work, some_id(), {mug: units}, work.now + timedelta(minutes=minutes))
    refused = keeper.set(mug, safety_stock=5)
    assert (refused.status, refused.code, refused.body["available_quantity"]) == (409, "stock_spoken_for", 4)
    assert keeper.set(mug, safety_stock=4).status == 200
    assert keeper.levels(mug) == (10, 6, 0)


def test_what_was_sold_ahead_must_come_before_selling_ahead_ends(brand: Brand) -> None:
    mug, keeper = goods(brand, 1), Keeper.of(brand)
    keeper.set(mug, backorder_allowed=True)
    with begin(brand, "test") as work:
        reservations.hand_over(work, some_id(), some_id(), {mug: 3}, work.now + timedelta(minutes=9))
    assert keeper.set(mug, backorder_allowed=False).body["available_quantity"] == -2
    assert keeper.move(mug, "in", 2).status == 201
    assert keeper.set(mug, backorder_allowed=False).status == 200
    assert_reconciled(brand)


def test_a_threshold_above_what_is_there_is_told_at_once(brand: Brand) -> None:
    mug, keeper = goods(brand, 3), Keeper.of(brand)
    keeper.set(mug, low_threshold=3)
    assert kinds_told(brand) == ["stock.low"]
    keeper.set(mug, low_threshold=2)
    assert kinds_told(brand) == ["stock.low", "stock.replenished"]


def test_a_variant_may_be_set_before_its_first_delivery_and_that_is_no_shortage(brand: Brand) -> None:
    mug, keeper = goods(brand, 0), Keeper.of(brand)
    assert keeper.set(mug, low_threshold=5).status == 200
    assert kinds_told(brand) == []


@pytest.mark.parametrize(
    "settings",
    [
        {"safety_stock": -1},
        {"safety_stock": 10**10},
        {"safety_stock": None},
        {"low_threshold": 1.5},
        {"on_hand": 5},
        {"backorder_allowed": "yes"},
    ],
)
def test_what_makes_no_sense_is_refused(brand: Brand, settings: dict[str, Any]) -> None:
    assert Keeper.of(brand).set(goods(brand, 3), **settings).status == 422


def test_who_may_and_whose_it_is(brand: Brand, another_brand: Brand) -> None:
    mug, theirs = goods(brand, 1), goods(another_brand, 1)
    keeper = Keeper.of(brand)
    assert keeper.set(theirs, safety_stock=1).code == "stock_not_found"
    assert keeper.set(mug, safety_stock=1, location_id=str(uuid4())).code == "location_not_found"
    assert Keeper.of(brand, Role.SUPPORT).set(mug, safety_stock=1).status == 403
    assert Keeper(brand, {"x-brand": brand.slug}).set(mug, safety_stock=1).status == 401
