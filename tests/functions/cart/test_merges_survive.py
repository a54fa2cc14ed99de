"""Merges that are clicked twice, made at once, or killed; and orders that stand in their way."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from shared.platform.brands import Brand
from shared.platform.database import close_all
from tests.buyers import Buyer, captured, for_sale, order_of
from tests.functions.cart.merging import guest_with, lines, look, merge
from tests.gateway import Answer, Bus
from tests.killing import DieAt, Killed
from tests.people import Person
from tests.stock import assert_reconciled, counters
from tests.till import Till

pytestmark = pytest.mark.usefixtures("issuer", "bus", "till")


def test_a_double_click_is_one_merge(brand: Brand) -> None:
    mug = for_sale(brand)
    ada, first, second = Person.member(brand), guest_with(brand, (mug, 1)), guest_with(brand, (mug, 2))
    assert merge(ada, first).body["id"] == merge(ada, first).body["id"]
    once = merge(ada, second)
    again = merge(ada, second)
    assert (again.status, lines(again), again.body["id"]) == (200, lines(once), first.cart_id)
    assert lines(again) == {str(mug): 3}
    assert counters(brand, mug) == (10, 3)


def test_twins_and_two_browsers_at_once_are_one_cart_with_every_line_once(brand: Brand) -> None:
    mug = for_sale(brand, 50)
    ada = Person.member(brand)
    guests = [guest_with(brand, (mug, 1), (for_sale(brand), 1)) for _ in range(4)]

    def run(guest: Buyer) -> Answer:
        try:
            return merge(ada, guest)
        finally:
            close_all()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(run, guests + guests))
    assert {answer.status for answer in answers} == {200}
    [cart] = {answer.body["id"] for answer in answers}
    found = look(ada, cart).body["items"]
    assert sorted(line["quantity"] for line in found) == [1, 1, 1, 1, 4]
    assert counters(brand, mug) == (50, 4)
    assert_reconciled(brand)


@pytest.mark.parametrize("step", ["before_story", "before_commit"])
def test_a_merge_that_is_killed_is_made_good_by_the_next(brand: Brand, die_at: DieAt, step: str) -> None:
    mug = for_sale(brand)
    ada, first, second = Person.member(brand), guest_with(brand, (mug, 1)), guest_with(brand, (mug, 2))
    merge(ada, first)
    die_at(step)
    with pytest.raises(Killed):
        merge(ada, second)
    assert (lines(first.look()), lines(second.look())) == ({str(mug): 1}, {str(mug): 2})
    assert lines(merge(ada, second)) == {str(mug): 3}
    assert_reconciled(brand)


def test_an_unpaid_order_gives_way_and_a_paid_one_does_not(brand: Brand, till: Till, bus: Bus) -> None:
    mug = for_sale(brand)
    ada, first, second = Person.member(brand), guest_with(brand, (mug, 1)), guest_with(brand, (mug, 2))
    merge(ada, first)
    waiting = second.check_out().body["order"]
    answer = merge(ada, second)
    assert lines(answer) == {str(mug): 3}
    assert order_of(brand, waiting["id"]).status == "cancelled"
    assert counters(brand, mug) == (10, 3)
    third = guest_with(brand, (mug, 1))
    captured(brand, till, bus, third.check_out())
    assert merge(ada, third).code == "cart_closed"
    assert_reconciled(brand)
