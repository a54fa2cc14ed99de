"""Stock held for carts and orders, on a real database."""

from datetime import datetime
from uuid import UUID

import psycopg
import pytest

from shared.inventory import levels, movements, reservations
from shared.inventory.refusals import OutOfStock
from shared.platform.brands import Brand
from shared.platform.work import begin
from tests.stock import (
    HALF_AN_HOUR,
    NOON,
    assert_reconciled,
    available,
    counters,
    second_place,
    some_id,
    states,
    stock,
)

UNTIL = NOON + HALF_AN_HOUR
LATER = UNTIL + HALF_AN_HOUR


def reserve(brand: Brand, cart: UUID, wanted: dict[UUID, int], at: datetime = NOON) -> None:
    with begin(brand, "test", now=at) as work:
        reservations.reserve(work, cart, wanted, work.now + HALF_AN_HOUR)


def test_a_hold_is_set_to_what_the_cart_wants_and_only_the_difference_moves(brand: Brand) -> None:
    (mug,) = stock(brand, 10)
    cart = some_id()
    for wanted in (4, 7, 2):
        reserve(brand, cart, {mug: wanted})
        assert counters(brand, mug) == (10, wanted)
        assert available(brand, mug) == 10 - wanted
    reserve(brand, cart, {mug: 0})
    assert available(brand, mug) == 10
    assert states(brand, cart) == [("released", 2)]
    assert_reconciled(brand)


def test_too_much_is_refused_with_what_there_is_and_nothing_is_taken(brand: Brand) -> None:
    mug, plate = stock(brand, 3, 5)
    cart = some_id()
    reserve(brand, cart, {mug: 1})
    with pytest.raises(OutOfStock) as refused:
        reserve(brand, cart, {mug: 4, plate: 6})
    assert refused.value.extra["variant_id"] == str(mug)
    assert refused.value.extra["available_quantity"] == 3
    assert [short["available_quantity"] for short in refused.value.extra["shortages"]] == [3, 5]
    assert available(brand, mug) == 2
    assert available(brand, plate) == 5


def test_the_safety_stock_stays_back_and_a_backorder_goes_below(brand: Brand) -> None:
    (kept,) = stock(brand, 2, safety=3)
    with pytest.raises(OutOfStock):
        reserve(brand, some_id(), {kept: 3})
    (open_end,) = stock(brand, 2, backorder=True)
    reserve(brand, some_id(), {open_end: 7})
    assert counters(brand, open_end) == (2, 7)
    assert_reconciled(brand)


def test_a_hold_past_its_time_is_free_before_the_job_comes_by(brand: Brand) -> None:
    (mug,) = stock(brand, 1)
    first, second = some_id(), some_id()
    reserve(brand, first, {mug: 1})
    assert available(brand, mug) == 0
    assert available(brand, mug, at=UNTIL) == 1
    reserve(brand, second, {mug: 1}, at=UNTIL)
    assert states(brand, first) == [("expired", 1)]
    assert states(brand, second) == [("held", 1)]
    assert_reconciled(brand)


def test_an_expiry_is_told_in_the_transaction_that_took_the_stock_back(brand: Brand) -> None:
    (mug,) = stock(brand, 1)
    first = some_id()
    reserve(brand, first, {mug: 1})
    reserve(brand, some_id(), {mug: 1}, at=UNTIL)
    with begin(brand, "test") as work:
        (told,) = work.all("SELECT type, key, data FROM platform.outbox_events")
    assert (told.type, told.key) == ("reservation.expired", str(first))
    assert told.data["variant_id"] == str(mug)
    assert told.data["quantity"] == 1


def test_a_cart_that_comes_back_late_keeps_what_nobody_took(brand: Brand) -> None:
    (mug,) = stock(brand, 2)
    cart = some_id()
    reserve(brand, cart, {mug: 2})
    reserve(brand, cart, {mug: 1}, at=LATER)
    assert states(brand, cart) == [("held", 1)]
    assert available(brand, mug, at=LATER) == 1


def test_changing_one_line_renews_the_others(brand: Brand) -> None:
    mug, plate = stock(brand, 1, 1)
    cart = some_id()
    reserve(brand, cart, {mug: 1})
    almost = UNTIL - HALF_AN_HOUR / 2
    reserve(brand, cart, {plate: 1}, at=almost)
    assert available(brand, mug, at=UNTIL) == 0
    assert available(brand, mug, at=almost + HALF_AN_HOUR) == 1


def test_renewing_answers_what_is_still_held_and_never_shortens(brand: Brand) -> None:
    mug, plate = stock(brand, 2, 1)
    cart = some_id()
    reserve(brand, cart, {mug: 2, plate: 1})
    reserve(brand, some_id(), {plate: 1}, at=UNTIL)
    with begin(brand, "test", now=UNTIL) as work:
        assert reservations.renew(work, cart, LATER) == {mug: 2}
        assert reservations.renew(work, cart, NOON) == {mug: 2}
    assert available(brand, mug, at=LATER - HALF_AN_HOUR / 2) == 0


def test_an_order_takes_over_what_its_cart_held_and_the_cart_may_hold_afresh(brand: Brand) -> None:
    (mug,) = stock(brand, 5)
    cart, order = some_id(), some_id()
    reserve(brand, cart, {mug: 2})
    with begin(brand, "test", now=NOON) as work:
        reservations.hand_over(work, cart, order, {mug: 2}, LATER)
    assert states(brand, order) == [("held", 2)]
    reserve(brand, cart, {mug: 3})
    assert counters(brand, mug) == (5, 5)


def test_handing_over_takes_again_what_was_lost_or_refuses(brand: Brand) -> None:
    (mug,) = stock(brand, 2)
    cart, rival = some_id(), some_id()
    reserve(brand, cart, {mug: 2})
    reserve(brand, rival, {mug: 1}, at=UNTIL)
    with pytest.raises(OutOfStock) as refused, begin(brand, "test", now=UNTIL) as work:
        reservations.hand_over(work, cart, some_id(), {mug: 2}, LATER)
    assert refused.value.extra["available_quantity"] == 1
    with begin(brand, "test", now=UNTIL) as work:
        reservations.release(work, rival)
        reservations.hand_over(work, cart, some_id(), {mug: 2}, LATER)
    assert counters(brand, mug) == (2, 2)


def test_payment_turns_the_hold_into_a_sale_once(brand: Brand) -> None:
    mug, plate = stock(brand, 5, 5)
    cart, order = some_id(), some_id()
    with begin(brand, "test", now=NOON) as work:
        reservations.hand_over(work, cart, order, {mug: 2, plate: 1}, UNTIL)
    for expected in ({mug: 2, plate: 1}, {}):
        with begin(brand, "test", now=UNTIL) as work:
            assert reservations.commit(work, order) == expected
    assert (counters(brand, mug), counters(brand, plate)) == ((3, 0), (4, 0))
    with begin(brand, "test", now=NOON) as work:
        (item,) = levels.levels(work, mug)
        latest = levels.movements(work, [item.id])[0]
    assert (latest.type, latest.quantity, latest.order_id, latest.actor) == ("sale", -2, order, "system")
    assert_reconciled(brand)


def test_a_late_payment_has_its_stock_taken_again_or_hears_no(brand: Brand) -> None:
    (mug,) = stock(brand, 3)
    lucky, unlucky = some_id(), some_id()
    for order in (lucky, unlucky):
        with begin(brand, "test", now=NOON) as work:
            reservations.hand_over(work, some_id(), order, {mug: 1}, UNTIL)
    reserve(brand, some_id(), {mug: 2}, at=UNTIL)
    with begin(brand, "test", now=UNTIL) as work:
        assert reservations.re_reserve(work, lucky, {mug: 1}, LATER)
        assert reservations.commit(work, lucky) == {mug: 1}
    with begin(brand, "test", now=UNTIL) as work:
        assert not reservations.re_reserve(work, unlucky, {mug: 1}, LATER)
        assert reservations.commit(work, unlucky) == {}
    assert counters(brand, mug) == (2, 2)
    assert_reconciled(brand)


def test_taking_again_what_was_sold_already_takes_nothing(brand: Brand) -> None:
    (mug,) = stock(brand, 2)
    order = some_id()
    with begin(brand, "test", now=NOON) as work:
        reservations.hand_over(work, some_id(), order, {mug: 2}, UNTIL)
        reservations.commit(work, order)
        assert reservations.re_reserve(work, order, {mug: 2}, LATER)
    assert counters(brand, mug) == (0, 0)


def test_giving_back_frees_everything_and_may_be_done_twice(brand: Brand) -> None:
    mug, plate = stock(brand, 2, 2)
    cart = some_id()
    reserve(brand, cart, {mug: 2, plate: 1})
    for _ in range(2):
        with begin(brand, "test", now=NOON) as work:
            reservations.release(work, cart)
    assert (available(brand, mug), available(brand, plate)) == (2, 2)
    assert_reconciled(brand)


def test_places_share_an_order_that_none_can_fill_alone(brand: Brand) -> None:
    (mug,) = stock(brand, 2)
    second_place(brand, mug, 2)
    order = some_id()
    with begin(brand, "test", now=NOON) as work:
        reservations.hand_over(work, some_id(), order, {mug: 3}, UNTIL)
    assert available(brand, mug) == 1
    with begin(brand, "test", now=NOON) as work:
        assert reservations.commit(work, order) == {mug: 3}
    assert counters(brand, mug) == (1, 0)
    assert_reconciled(brand)


def test_another_brand_neither_sees_nor_takes_the_stock(brand: Brand, another_brand: Brand) -> None:
    (mug,) = stock(brand, 2)
    assert available(another_brand, mug) == 0
    with pytest.raises(OutOfStock) as refused:
        reserve(another_brand, some_id(), {mug: 1})
    assert refused.value.extra["available_quantity"] == 0
    cart = some_id()
    reserve(brand, cart, {mug: 2})
    with begin(another_brand, "test", now=NOON) as work:
        reservations.release(work, cart)
    assert counters(brand, mug) == (2, 2)


def test_units_that_somebody_holds_cannot_be_moved_out(brand: Brand) -> None:
    (mug,) = stock(brand, 5)
    reserve(brand, some_id(), {mug: 4})
    with pytest.raises(OutOfStock) as refused, begin(brand, "test", now=NOON) as work:
        movements.move(work, mug, "out", -2, "broken", "test")
    assert refused.value.extra["available_quantity"] == 1
    assert counters(brand, mug) == (5, 4)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE inventory.inventory_items SET on_hand = on_hand + 1",
        "UPDATE inventory.inventory_items SET reserved = 0",
        "UPDATE inventory.inventory_movements SET quantity = 99",
        "DELETE FROM inventory.inventory_movements",
        "UPDATE inventory.inventory_reservations SET quantity = 99",
        "INSERT INTO inventory.inventory_items (id, variant_id, location_id, on_hand, created_at)"
        " SELECT gen_random_uuid(), gen_random_uuid(), location_id, 5, created_at FROM inventory.inventory_items",
    ],
)
def test_the_database_itself_refuses_what_would_break_the_sums(brand: Brand, statement: str) -> None:
    (mug,) = stock(brand, 5)
    reserve(brand, some_id(), {mug: 2})
    with pytest.raises(psycopg.Error), begin(brand, "test") as work:
        work.run(statement)
    assert counters(brand, mug) == (5, 2)


def test_a_settled_reservation_cannot_be_brought_back(brand: Brand) -> None:
    (mug,) = stock(brand, 5)
    cart = some_id()
    reserve(brand, cart, {mug: 2})
    reserve(brand, cart, {mug: 0})
    with pytest.raises(psycopg.errors.IntegrityConstraintViolation), begin(brand, "test") as work:
        work.run("UPDATE inventory.inventory_reservations SET state = 'held', settled_at = NULL")
