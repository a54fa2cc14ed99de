"""Whatever carts, orders, payments, clocks and jobs do to the same stock, in any order and at once: the sums hold."""

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from uuid import UUID

import psycopg
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.inventory import movements, reservations, store
from shared.inventory.refusals import OutOfStock
from shared.platform.brands import Brand
from shared.platform.database import close_all
from shared.platform.work import begin
from tests.stock import HALF_AN_HOUR, NOON, assert_reconciled, counters, some_id, states, stock

CARTS, VARIANTS = 3, 2

carts = st.integers(0, CARTS - 1)
units = st.dictionaries(st.integers(0, VARIANTS - 1), st.integers(0, 6), min_size=1)
steps = st.one_of(
    st.tuples(st.just("reserve"), carts, units),
    st.tuples(st.just("hand_over"), carts, units),
    st.tuples(st.just("pay"), carts, units),
    st.tuples(st.just("give_back"), carts, units),
    st.tuples(st.just("renew"), carts, units),
    st.tuples(st.just("move"), carts, units),
    st.tuples(st.just("wait"), carts, units),
    st.tuples(st.just("sweep"), carts, units),
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(steps, max_size=25))
def test_any_sequence_of_deeds_keeps_the_sums_and_oversells_nothing(
    brand: Brand, deeds: list[tuple[str, int, dict[int, int]]]
) -> None:
    variants = stock(brand, 5, 8)
    holders = [some_id() for _ in range(CARTS)]
    orders: dict[UUID, UUID] = {}
    sold: Counter[UUID] = Counter()
    moved = Counter(dict(zip(variants, (5, 8), strict=True)))
    now = NOON
    for deed, number, asked in deeds:
        cart, wanted = holders[number], {variants[index]: count for index, count in asked.items()}
        until = now + HALF_AN_HOUR
        try:
            with begin(brand, "test", now=now) as work:
                match deed:
                    case "reserve":
                        reservations.reserve(work, cart, wanted, until)
                    case "hand_over":
                        order = some_id()
                        reservations.hand_over(work, cart, order, wanted, until)
                        orders[cart] = order
                    case "pay" if cart in orders:
                        paid = orders[cart]
                        before = store.sold_to(work, paid)
                        if reservations.re_reserve(work, paid, wanted, until):
                            reservations.commit(work, paid)
                            after = store.sold_to(work, paid)
                            assert all(after.get(variant, 0) >= count for variant, count in wanted.items())
                            sold.update(Counter(after) - Counter(before))
                    case "give_back":
                        reservations.release(work, orders.get(cart, cart))
                    case "renew":
                        reservations.renew(work, cart, until)
                    case "move":
                        for variant, count in wanted.items():
                            if count:
                                signed = count if number else -count
                                movements.move(work, variant, "adjustment", signed, "count", "test")
                    case "sweep":
                        store.expire(work, [row.id for row in store.due(work, 100, [])])
                    case "wait":
                        now += timedelta(minutes=20)
            if deed == "move":
                moved.update({variant: count if number else -count for variant, count in wanted.items()})
        except OutOfStock:
            pass
        assert_reconciled(brand)
    for variant in variants:
        on_hand, reserved = counters(brand, variant)
        assert 0 <= reserved <= on_hand == moved[variant] - sold[variant]


def at_once(deeds: Sequence[Callable[[], object]]) -> list[BaseException | None]:
    """Run every deed in a thread of its own, all starting together; answer what each raised."""
    barrier = threading.Barrier(len(deeds))
    outcomes: list[BaseException | None] = [None] * len(deeds)

    def run(index: int) -> None:
        try:
            barrier.wait()
            deeds[index]()
        except BaseException as error:
            outcomes[index] = error
        finally:
            close_all()

    threads = [threading.Thread(target=run, args=(index,)) for index in range(len(deeds))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def test_of_many_buyers_at_once_exactly_as_many_succeed_as_there_are_units(brand: Brand) -> None:
    (mug,) = stock(brand, 10)
    buyers = [(some_id(), some_id()) for _ in range(24)]

    def buy(cart: UUID, order: UUID) -> None:
        with begin(brand, "test", now=NOON) as work:
            reservations.reserve(work, cart, {mug: 1}, NOON + HALF_AN_HOUR)
        with begin(brand, "test", now=NOON) as work:
            reservations.hand_over(work, cart, order, {mug: 1}, NOON + HALF_AN_HOUR)
        with begin(brand, "test", now=NOON) as work:
            reservations.commit(work, order)

    outcomes = at_once([partial(buy, *buyer) for buyer in buyers])
    assert Counter(type(outcome) for outcome in outcomes) == {type(None): 10, OutOfStock: 14}
    assert counters(brand, mug) == (0, 0)
    assert_reconciled(brand)


def test_buyers_racing_for_what_lapsed_carts_still_hold_get_it_exactly_once(brand: Brand) -> None:
    (mug,) = stock(brand, 8)
    for _ in range(4):
        with begin(brand, "test", now=NOON) as work:
            reservations.reserve(work, some_id(), {mug: 2}, NOON + HALF_AN_HOUR)
    later = NOON + 2 * HALF_AN_HOUR
    racing = [some_id() for _ in range(14)]

    def buy(cart: UUID) -> None:
        with begin(brand, "test", now=later) as work:
            reservations.reserve(work, cart, {mug: 1}, later + HALF_AN_HOUR)

    def sweep() -> None:
        with begin(brand, "test", now=later) as work:
            store.expire(work, [row.id for row in store.due(work, 100, [])])

    outcomes = at_once([*(partial(buy, cart) for cart in racing), sweep, sweep])
    assert Counter(type(outcome) for outcome in outcomes) == {type(None): 10, OutOfStock: 6}
    assert counters(brand, mug) == (8, 8)
    assert_reconciled(brand)


def test_carts_that_want_the_same_things_in_opposite_order_never_block_each_other_for_good(
    brand: Brand,
) -> None:
    variants = stock(brand, *[500] * 6)
    shoppers = [some_id() for _ in range(12)]

    def shop(index: int, cart: UUID) -> None:
        ordered = variants if index % 2 else variants[::-1]
        order = some_id()
        for count in (1, 3, 2):
            with begin(brand, "test", now=NOON) as work:
                reservations.renew(work, cart, NOON + HALF_AN_HOUR)
                reservations.reserve(work, cart, dict.fromkeys(ordered, count), NOON + HALF_AN_HOUR)
        with begin(brand, "test", now=NOON) as work:
            reservations.hand_over(work, cart, order, dict.fromkeys(ordered, 2), NOON + HALF_AN_HOUR)
        with begin(brand, "test", now=NOON) as work:
            if index % 3:
                reservations.commit(work, order)
            else:
                reservations.release(work, order)

    outcomes = at_once([partial(shop, index, cart) for index, cart in enumerate(shoppers)])
    assert [outcome for outcome in outcomes if isinstance(outcome, psycopg.errors.DeadlockDetected)] == []
    assert outcomes == [None] * len(shoppers)
    assert {counters(brand, variant) for variant in variants} == {(500 - 2 * 8, 0)}
    assert_reconciled(brand)


def test_a_cart_renewed_while_its_hold_is_wanted_by_others_keeps_it_or_loses_it_whole(brand: Brand) -> None:
    (mug,) = stock(brand, 3)
    later = NOON + 2 * HALF_AN_HOUR
    for _ in range(5):
        owner, rival = some_id(), some_id()
        with begin(brand, "test", now=NOON) as work:
            reservations.reserve(work, owner, {mug: 3}, NOON + HALF_AN_HOUR)

        def renew(cart: UUID = owner) -> None:
            with begin(brand, "test", now=later) as work:
                reservations.renew(work, cart, later + HALF_AN_HOUR)

        def snatch(cart: UUID = rival) -> None:
            with begin(brand, "test", now=later) as work:
                reservations.reserve(work, cart, {mug: 1}, later + HALF_AN_HOUR)

        outcomes = at_once([renew, snatch])
        kept = states(brand, owner) == [("held", 3)]
        assert isinstance(outcomes[1], OutOfStock) == kept
        assert_reconciled(brand)
        with begin(brand, "test", now=later) as work:
            reservations.release(work, owner)
            reservations.release(work, rival)


def test_a_sweep_under_way_keeps_no_buyer_from_what_it_could_not_give_back_itself(brand: Brand) -> None:
    (mug,) = stock(brand, 1)
    with begin(brand, "test", now=NOON) as work:
        reservations.reserve(work, some_id(), {mug: 1}, NOON + HALF_AN_HOUR)
    later = NOON + 2 * HALF_AN_HOUR
    swept, bought = threading.Event(), threading.Event()
    expired: list[int] = []

    def sweep() -> None:
        with begin(brand, "test", now=later) as work:
            expired.append(len(store.expire(work, [row.id for row in store.due(work, 100, [])])))
            swept.set()
            bought.wait(10)
        close_all()

    with begin(brand, "test", now=later) as work:
        store.lock_items_of(work, [mug])
        sweeping = threading.Thread(target=sweep)
        sweeping.start()
        assert swept.wait(10)
        reservations.reserve(work, some_id(), {mug: 1}, later + HALF_AN_HOUR)
    bought.set()
    sweeping.join()
    assert expired == [0]
    assert counters(brand, mug) == (1, 1)
    assert_reconciled(brand)
