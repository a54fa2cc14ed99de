"""release_expired_reservations: stock comes back, once, in every brand, and is told."""

from datetime import timedelta
from uuid import UUID

from functions.inventory import release_expired_reservations as function
from shared.inventory import reservations
from shared.platform import clock
from shared.platform.brands import Brand
from shared.platform.work import begin
from tests.stock import assert_reconciled, available, counters, some_id, states, stock


def hold(brand: Brand, variant: UUID, units: int, *, minutes_left: int) -> UUID:
    cart = some_id()
    with begin(brand, "test") as work:
        reservations.reserve(work, cart, {variant: units}, work.now + timedelta(minutes=minutes_left))
    return cart


def run() -> dict[str, object]:
    return function.handler({}, None)


def told(brand: Brand) -> list[dict[str, object]]:
    with begin(brand, "test") as work:
        return [row.data for row in work.all("SELECT data FROM platform.outbox_events ORDER BY position")]


def test_what_ran_out_is_given_back_and_told_and_the_rest_is_left_alone(brand: Brand) -> None:
    (mug,) = stock(brand, 5)
    late, timely = hold(brand, mug, 2, minutes_left=-1), hold(brand, mug, 1, minutes_left=20)
    assert run() == {"job": "release_expired_reservations", "processed": 1, "failed": 0, "finished": True}
    assert states(brand, late) == [("expired", 2)]
    assert states(brand, timely) == [("held", 1)]
    assert counters(brand, mug) == (5, 1)
    (fact,) = told(brand)
    assert (fact["cart_id"], fact["variant_id"], fact["quantity"]) == (str(late), str(mug), 2)


def test_a_second_run_finds_nothing_left(brand: Brand) -> None:
    (mug,) = stock(brand, 5)
    hold(brand, mug, 2, minutes_left=-1)
    run()
    assert run()["processed"] == 0
    assert len(told(brand)) == 1


def test_who_comes_back_between_the_look_and_the_sweep_keeps_what_they_held(brand: Brand) -> None:
    (mug,) = stock(brand, 5)
    cart = hold(brand, mug, 2, minutes_left=-1)
    with begin(brand, "test") as work:
        due = function.find_due(work, [])
        reservations.renew(work, cart, work.now + timedelta(minutes=30))
    with begin(brand, "test") as work:
        assert (len(due), function.release_expired_reservations(work, due)) == (1, 0)
    assert (states(brand, cart), counters(brand, mug)) == ([("held", 2)], (5, 2))


def test_every_brand_is_swept_and_hears_only_its_own(brand: Brand, another_brand: Brand) -> None:
    for shop in (brand, another_brand):
        (mug,) = stock(shop, 3)
        hold(shop, mug, 3, minutes_left=-5)
    assert run()["processed"] == 2
    assert len(told(brand)) == len(told(another_brand)) == 1
    assert_reconciled(brand)
    assert_reconciled(another_brand)


def test_more_than_one_batch_is_worked_off(brand: Brand) -> None:
    (mug,) = stock(brand, function.BATCH + 5)
    for _ in range(function.BATCH + 5):
        hold(brand, mug, 1, minutes_left=-1)
    assert run()["processed"] == function.BATCH + 5
    assert available(brand, mug, at=clock.now()) == function.BATCH + 5
    assert_reconciled(brand)


def test_stock_that_a_buyer_has_in_hands_is_left_to_that_buyer(brand: Brand) -> None:
    wanted, other = stock(brand, 3, 3)
    hold(brand, wanted, 3, minutes_left=-1)
    hold(brand, other, 3, minutes_left=-1)
    with begin(brand, "test") as work:
        work.all(
            "SELECT 1 AS one FROM inventory.inventory_items WHERE variant_id = %(id)s FOR UPDATE", id=wanted
        )
        # The job sweeps by another connection, as the jobs' role, while this transaction is open.
        assert run()["processed"] == 1
    assert counters(brand, wanted) == (3, 3)
    assert counters(brand, other) == (3, 0)
