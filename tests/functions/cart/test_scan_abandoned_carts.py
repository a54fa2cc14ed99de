"""Carts that were left are noticed, once, and their reminders planned."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from shared.cart.recovery.scanning import DUE
from shared.platform.brands import Brand
from shared.platform.database import Role, close_all
from shared.platform.work import begin
from tests.buyers import Buyer, for_sale
from tests.gateway import Bus
from tests.killing import DieAt, Killed
from tests.leavers import choose, filled, left, scan, send, steps
from tests.people import Person, rows
from tests.till import Clock, Till

pytestmark = pytest.mark.usefixtures("issuer", "bus")


def status(buyer: Buyer) -> str:
    return str(buyer.look().body["status"])


def test_a_cart_is_left_after_an_hour_and_its_reminders_are_planned(
    brand: Brand, at: Clock, bus: Bus
) -> None:
    buyer = filled(brand, units=2, price=1500)
    at.move(minutes=59)
    scan()
    assert status(buyer) == "active"
    at.move(minutes=1)
    assert scan()["processed"] == 1
    assert status(buyer) == "abandoned"
    bus.relay()
    [fact] = bus.of("cart.abandoned")
    assert (fact["key"], fact["data"]["subtotal"]) == (buyer.cart_id, {"amount": 3000, "currency": "EUR"})
    assert (fact["data"]["lines"], fact["data"]["units"], fact["data"]["reachable"]) == (1, 2, True)
    planned = rows(brand, "SELECT step, due_at, sent_at FROM cart.cart_recovery_emails ORDER BY step")
    delays = [timedelta(minutes=30), timedelta(days=1), timedelta(days=3)]
    assert [(row.step, row.due_at - at.time) for row in planned] == list(enumerate(delays, start=1))
    kinds = {row.kind for row in rows(brand, "SELECT kind FROM cart.cart_events")}
    assert kinds == {"created", "added", "abandoned"}
    assert scan()["processed"] == 0


def test_what_is_empty_touched_bought_or_about_to_be_paid_is_not_left(
    brand: Brand, at: Clock, till: Till
) -> None:
    empty, touched, waiting = Buyer.of(brand), filled(brand), filled(brand)
    at.move(minutes=40)
    touched.add(for_sale(brand))
    at.move(minutes=21)
    waiting.check_out()
    at.move(minutes=20)
    scan()
    assert [status(each) for each in (empty, touched, waiting)] == ["active", "active", "active"]
    at.move(minutes=40)
    scan()
    # The order still waits: whoever is at the bank's page has not left.
    assert [status(each) for each in (empty, touched, waiting)] == ["active", "abandoned", "active"]


def test_without_an_address_there_is_nobody_to_remind(brand: Brand, at: Clock, bus: Bus) -> None:
    buyer = left(brand, at, None)
    bus.relay()
    assert bus.of("cart.abandoned")[0]["data"]["reachable"] is False
    assert steps(brand, buyer) == []


def test_who_comes_back_and_leaves_again_is_not_told_again_what_they_were_told(
    brand: Brand, at: Clock
) -> None:
    buyer = left(brand, at)
    at.move(minutes=30)
    send()
    buyer.add(for_sale(brand))
    assert status(buyer) == "active"
    at.move(minutes=61)
    scan()
    assert status(buyer) == "abandoned"
    assert steps(brand, buyer) == ["sent", None, None]
    [second] = rows(brand, "SELECT due_at FROM cart.cart_recovery_emails WHERE step = 2")
    assert second.due_at == at.time + timedelta(days=1)
    [row] = rows(brand, "SELECT times, first_at, last_at FROM cart.cart_abandonments")
    assert (row.times, row.last_at) == (2, at.time)


def test_a_brand_says_when_a_cart_is_left_and_when_to_remind(brand: Brand, at: Clock) -> None:
    choose(brand, abandoned_after_minutes=20, delays_minutes=[10])
    buyer = filled(brand)
    at.move(minutes=20)
    scan()
    assert (status(buyer), steps(brand, buyer)) == ("abandoned", [None])


def test_a_share_is_held_out_by_lot_for_good(brand: Brand, at: Clock) -> None:
    choose(brand, hold_out_percent=100)
    buyer = left(brand, at)
    assert steps(brand, buyer) == ["held_out"] * 3
    choose(brand, hold_out_percent=0)
    buyer.add(for_sale(brand))
    at.move(minutes=61)
    scan()
    at.move(days=4)
    send()
    assert steps(brand, buyer) == ["held_out"] * 3


def test_who_has_said_no_or_has_a_newer_cart_is_not_reminded_and_it_is_said_why(
    brand: Brand, at: Clock
) -> None:
    ada = Person.member(brand, "ada@example.com")
    with begin(brand, "test") as work:
        work.run(
            "UPDATE identity.customers SET marketing_opt_in_at = %(now)s WHERE id = %(id)s",
            id=ada.customer_id,
            now=work.now,
        )
    refused = filled(brand, "Ada@Example.com")
    older, newer = filled(brand, "bob@example.com"), filled(brand, "bob@example.com")
    at.move(minutes=30)
    newer.add(for_sale(brand))
    at.move(minutes=31)
    scan()
    assert steps(brand, refused) == ["opted_out"] * 3
    assert steps(brand, older) == ["newer_cart"] * 3
    [drawn] = rows(
        brand, "SELECT held_out FROM cart.cart_abandonments WHERE cart_id = %(id)s", id=older.cart_id
    )
    assert drawn.held_out is None


def test_a_cart_that_nobody_touches_for_a_season_is_closed(brand: Brand, at: Clock) -> None:
    buyer, empty = left(brand, at), Buyer.of(brand)
    at.move(days=91)
    scan()
    assert status(buyer) == status(empty) == "expired"
    assert buyer.add(for_sale(brand)).code == "cart_closed"
    assert steps(brand, buyer) == ["expired"] * 3
    assert scan()["processed"] == 0


def test_scans_at_once_mark_each_cart_once(brand: Brand, at: Clock, bus: Bus) -> None:
    for number in range(12):
        filled(brand, f"buyer{number}@example.com")
    at.move(minutes=61)

    def run(_: int) -> int:
        try:
            return int(scan()["processed"])
        finally:
            close_all()

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(run, range(4))) == 12
    bus.relay()
    assert len({fact["key"] for fact in bus.of("cart.abandoned")}) == len(bus.of("cart.abandoned")) == 12


@pytest.mark.parametrize("step", ["before_story", "before_commit", "after_commit"])
def test_a_scan_that_is_killed_is_made_good_by_the_next(
    brand: Brand, at: Clock, bus: Bus, die_at: DieAt, step: str
) -> None:
    buyer = filled(brand)
    at.move(minutes=61)
    die_at(step)
    with pytest.raises(Killed):
        scan()
    scan()
    bus.relay()
    assert (status(buyer), len(bus.of("cart.abandoned"))) == ("abandoned", 1)
    assert steps(brand, buyer) == [None] * 3


def test_the_scan_reads_due_carts_by_their_index(brand: Brand) -> None:
    with begin(None, "test", Role.JOBS) as work:
        work.run("SET LOCAL enable_seqscan = off")
        plan = work.all("EXPLAIN " + DUE, now=work.now, stuck=[], limit=500)
    assert any("carts_to_look_at" in row[0] for row in plan), plan


def test_a_buyer_s_activity_leaves_the_index_alone(brand: Brand, at: Clock) -> None:
    buyer = filled(brand)
    [before] = rows(brand, "SELECT look_at FROM cart.carts")
    at.move(minutes=10)
    buyer.add(for_sale(brand))
    assert rows(brand, "SELECT look_at FROM cart.carts") == [before]
    # Else every click would cost an entry in each of them (PostgreSQL's README.HOT).
    indexes = rows(
        brand,
        "SELECT pg_get_indexdef(indexrelid) AS says FROM pg_index WHERE indrelid = 'cart.carts'::regclass",
    )
    assert [
        row.says for row in indexes if "last_activity_at" in row.says or "active_before" in row.says
    ] == []
