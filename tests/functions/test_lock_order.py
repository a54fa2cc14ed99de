"""Checkouts, merges, expiries and payments that meet: locks are taken in one order, and who is overtaken begins anew."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from threading import Event
from time import monotonic, sleep
from typing import Any
from uuid import UUID

import pytest

from shared.checkout.agreement import agree
from shared.inventory import store
from shared.orders.placing import place
from shared.platform import clock
from shared.platform.brands import Brand
from shared.platform.database import close_all
from shared.platform.work import Work, begin
from tests.buyers import Buyer, for_sale
from tests.functions.cart.merging import guest_with, merge
from tests.gateway import Answer
from tests.people import Person
from tests.promoting import Promoter, somebody
from tests.stock import assert_reconciled, counters

pytestmark = pytest.mark.usefixtures("issuer", "bus", "till")

_PATIENCE = 20
_COUNTER = "UPDATE orders.order_counters SET last_number = last_number WHERE last_number >= 0"
_WAITING = """
    SELECT count(*) FROM pg_locks l WHERE NOT l.granted AND pg_backend_pid() = ANY (pg_blocking_pids(l.pid))
"""


@pytest.fixture
def begun_anew(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Why transactions were begun anew."""
    reasons: list[str] = []

    def note(message: str, *, extra: dict[str, str]) -> None:
        reasons.append(extra["reason"])

    monkeypatch.setattr("shared.platform.doors.anew.log.warning", note)
    return reasons


@pytest.fixture
def side_by_side() -> Iterator[Callable[..., Future[Answer]]]:
    """Runs something in a thread of its own, with connections of its own."""

    def run(deed: Callable[..., Answer], *about: Any) -> Answer:
        try:
            return deed(*about)
        finally:
            close_all()

    with ThreadPoolExecutor(16) as pool:
        yield lambda deed, *about: pool.submit(run, deed, *about)


def everything_expires(brand: Brand) -> None:
    """What the job does, in two hours."""
    with begin(brand, "test", now=clock.now() + timedelta(hours=2)) as work:
        store.expire(work, [row.id for row in store.due(work, 100, [])])


def after_the_look(monkeypatch: pytest.MonkeyPatch, buyer: Buyer, deed: Callable[[], None]) -> None:
    """Once, between this buyer's cart being looked at and the order being written."""
    left = [deed]

    def agreed(ask: Any, contents: Any, *others: Any) -> Any:
        agreement = agree(ask, contents, *others)
        if str(contents.cart.id) == buyer.cart_id and left:
            left.pop()()
        return agreement

    monkeypatch.setattr("functions.checkout.check_out.agree", agreed)


def in_another_thread(deed: Callable[..., None], *about: Any) -> Callable[[], None]:
    """The same, on another connection than the one whose transaction waits for it."""

    def run(*given: Any) -> None:
        try:
            deed(*given)
        finally:
            close_all()

    def wait() -> None:
        with ThreadPoolExecutor(1) as pool:
            pool.submit(run, *about).result(_PATIENCE)

    return wait


def numbers(brand: Brand) -> list[int]:
    with begin(brand, "test") as work:
        return [row.number for row in work.all("SELECT number FROM orders.orders ORDER BY number")]


def test_a_hold_lost_between_look_and_order_is_taken_again_by_a_transaction_begun_anew(
    brand: Brand, monkeypatch: pytest.MonkeyPatch, begun_anew: list[str]
) -> None:
    mug = for_sale(brand, 10)
    buyer = guest_with(brand, (mug, 2))
    after_the_look(monkeypatch, buyer, in_another_thread(everything_expires, brand))
    assert buyer.check_out().status == 201
    assert (begun_anew, numbers(brand), counters(brand, mug)) == (["Overtaken"], [1], (10, 2))
    assert_reconciled(brand)


def test_a_hold_lost_between_look_and_order_to_somebody_else_is_refused_and_leaves_nothing(
    brand: Brand, monkeypatch: pytest.MonkeyPatch, begun_anew: list[str]
) -> None:
    mug = for_sale(brand, 2)
    buyer, rival = guest_with(brand, (mug, 2)), Buyer.of(brand)

    def lose() -> None:
        everything_expires(brand)
        assert rival.add(mug).status == 201

    after_the_look(monkeypatch, buyer, in_another_thread(lose))
    answer = buyer.check_out()
    assert (answer.status, answer.code, begun_anew) == (409, "out_of_stock", ["Overtaken"])
    assert (numbers(brand), counters(brand, mug), buyer.look().body["order_id"]) == ([], (2, 1), None)
    assert rival.check_out().body["order"]["number"] == 1
    assert_reconciled(brand)


def test_who_has_a_number_waits_for_nobody_who_has_stock_and_wants_a_number(
    brand: Brand,
    monkeypatch: pytest.MonkeyPatch,
    begun_anew: list[str],
    side_by_side: Callable[..., Future[Answer]],
) -> None:
    mug = for_sale(brand, 10)
    first, second = guest_with(brand, (mug, 2)), guest_with(brand, (mug, 2))
    expired, numbered, has_stock = Event(), Event(), Event()

    def expire() -> None:
        in_another_thread(everything_expires, brand)()
        expired.set()

    def placed(work: Work, order: Any) -> int:
        if str(order.cart_id) == second.cart_id:
            assert numbered.wait(_PATIENCE)
            has_stock.set()
            return place(work, order)
        number = place(work, order)
        numbered.set()
        assert has_stock.wait(_PATIENCE)
        return number

    after_the_look(monkeypatch, first, expire)
    monkeypatch.setattr("shared.checkout.placement.place", placed)
    one = side_by_side(first.check_out)
    assert expired.wait(_PATIENCE)
    other = side_by_side(second.check_out)
    assert (one.result().status, other.result().status) == (201, 201)
    assert (begun_anew, numbers(brand), counters(brand, mug)) == (["Overtaken"], [1, 2], (10, 4))
    assert_reconciled(brand)


def test_an_order_that_costs_nothing_waits_for_stock_before_it_has_a_number(
    brand: Brand, begun_anew: list[str], side_by_side: Callable[..., Future[Answer]]
) -> None:
    Promoter.of(brand).make(code="ALL", value=100)
    mug = for_sale(brand, 10, kind="digital")
    assert guest_with(brand, (mug, 1)).check_out(shipping_option_id=None).status == 201
    buyer = guest_with(brand, (mug, 1))
    with begin(brand, "test") as work:
        store.lock_items_of(work, [mug])
        free = side_by_side(
            lambda: buyer.check_out(shipping_option_id=None, promotion_codes=["ALL"], email=somebody())
        )
        until_somebody_waits(work)
        assert work.run(_COUNTER) == 1
    assert free.result().body["order"]["status"] == "paid"
    assert (begun_anew, numbers(brand), counters(brand, mug)) == ([], [1, 2], (9, 1))
    assert_reconciled(brand)


def until_somebody_waits(work: Work) -> None:
    given_up = monotonic() + _PATIENCE
    while not work.value(_WAITING):
        assert monotonic() < given_up, "nobody waits for what is locked"
        sleep(0.02)


def test_merges_checkouts_and_expiries_at_once_never_wait_for_each_other_in_a_circle(
    brand: Brand, begun_anew: list[str], side_by_side: Callable[..., Future[Answer]]
) -> None:
    staff = Promoter.of(brand)
    for code in ("ONE", "TWO"):
        staff.make(code=code, stackable=True, value=5)
    mugs = [for_sale(brand, 100), for_sale(brand, 100)]

    def basket(n: int) -> list[tuple[UUID, int]]:
        return [(mug, 1) for mug in mugs[:: 1 if n % 2 else -1]]

    def buy(buyer: Buyer, *codes: str) -> Answer:
        return buyer.check_out(promotion_codes=list(codes), email=somebody())

    people = []
    for n in range(4):
        member = Person.member(brand)
        own, guest = guest_with(brand, *basket(n)), guest_with(brand, *basket(n + 1))
        merge(member, own)
        # Both orders give way to the merge, each with a promotion of its own.
        assert {buy(own, "TWO").status, buy(guest, "ONE").status} == {201}
        people.append((member, guest))
    running = [side_by_side(merge, member, guest) for member, guest in people]
    for n in range(8):
        running.append(side_by_side(buy, guest_with(brand, *basket(n)), "ONE", "TWO"))
        if n % 3 == 0:
            everything_expires(brand)
    assert {each.result().status for each in running} <= {200, 201}
    assert begun_anew == []
    assert_reconciled(brand)
