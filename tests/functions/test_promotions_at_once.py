"""Promotions that all use at once: no code serves more often than it may, and nobody waits for ever."""

from concurrent.futures import ThreadPoolExecutor
from itertools import cycle
from threading import Event
from typing import Any
from uuid import UUID, uuid4

import pytest
from psycopg.errors import CheckViolation

from shared.billing.promotions import uses
from shared.orders.cancellation import cancel_unpaid, lock_with_cart
from shared.platform.brands import Brand
from shared.platform.work import begin
from tests.buyers import EMAIL, Buyer, for_sale
from tests.gateway import Answer
from tests.promoting import Promoter, counted, euros, shopper, somebody

pytestmark = pytest.mark.usefixtures("issuer", "till")


def at_once(buyers: list[Buyer], code: str | None, **wish: Any) -> list[Answer]:
    """All of them check out at once."""
    codes = [code] if code else []

    def buy(buyer: Buyer) -> Answer:
        return buyer.check_out(promotion_codes=codes, **({"email": somebody()} | wish))

    with ThreadPoolExecutor(16) as pool:
        return list(pool.map(buy, buyers))


def test_fifty_buyers_at_once_never_use_a_code_more_often_than_ten_times(brand: Brand) -> None:
    ten = Promoter.of(brand).make(max_uses=10)
    mugs = [for_sale(brand, 60) for _ in range(3)]
    answers = at_once([shopper(brand, mugs[n % 3], mugs[(n + 1) % 3]) for n in range(50)], "TEN")
    codes = [answer.body.get("code") for answer in answers if answer.status != 201]
    assert codes == ["promotion_exhausted"] * 40
    assert counted(brand, ten) == (10, 10, 10)


def test_at_once_a_budget_is_not_overdrawn_and_a_unique_code_serves_once(brand: Brand) -> None:
    staff = Promoter.of(brand)
    scarce = staff.make(budget=euros(1000))
    mug = for_sale(brand, 60, price=2000)
    answers = at_once([shopper(brand, mug) for _ in range(12)], "TEN")
    assert sorted(answer.status for answer in answers) == [201] * 5 + [409] * 7
    assert staff.seen(scarce)["given"] == [euros(1000)]
    single = staff.make(code=None, name="Single")
    with begin(brand, "test") as work:
        work.run(
            "INSERT INTO billing.promotion_codes (code, promotion_id, is_unique, created_at)"
            " VALUES ('UNIQUE', %(id)s, true, %(now)s)",
            id=single["id"],
            now=work.now,
        )
    answers = at_once([shopper(brand, mug) for _ in range(6)], "unique")
    assert sorted(answer.status for answer in answers) == [201] + [409] * 5
    assert {answer.body.get("code") for answer in answers if answer.status != 201} == {
        "promotion_already_used"
    }


def test_at_once_one_buyer_uses_a_code_once_under_however_many_spellings(brand: Brand) -> None:
    Promoter.of(brand).make(max_uses_per_user=1)
    mug = for_sale(brand, 60)
    buyers = [shopper(brand, mug) for _ in range(8)]
    spellings = ["ada@example.com", "ADA@example.com", "Ada@Example.COM", " ada@example.com"] * 2
    with ThreadPoolExecutor(8) as pool:
        answers = list(
            pool.map(
                lambda n: buyers[n].check_out(promotion_codes=["TEN"], email=spellings[n].strip()), range(8)
            )
        )
    assert sorted(answer.status for answer in answers) == [201] + [409] * 7


def test_buyers_with_several_codes_and_orders_that_end_meanwhile_do_not_lock_each_other_out(
    brand: Brand,
) -> None:
    staff = Promoter.of(brand)
    promotions = [staff.make(code=f"CODE{n}", stackable=True, value=5, max_uses=100) for n in range(3)]
    mugs = [for_sale(brand, 100) for _ in range(2)]
    waiting = [shopper(brand, *mugs) for _ in range(10)]
    placed = [
        buyer.check_out(promotion_codes=["CODE2", "CODE0"], email=somebody()).body["order"]["id"]
        for buyer in waiting
    ]

    def end(order_id: str) -> int:
        with begin(brand, "test") as work:
            order = lock_with_cart(work, UUID(order_id))
            assert order is not None
            cancel_unpaid(work, order, by="test", reason="unpaid")
        return 201

    def buy(n: int) -> int:
        codes = ["CODE0", "CODE1", "CODE2"][:: 1 if n % 2 else -1]
        buyer = shopper(brand, *mugs[:: 1 if n % 2 else -1])
        first = buyer.check_out(promotion_codes=codes, email=somebody())
        again = buyer.check_out(promotion_codes=codes[:1], email=somebody())
        return max(first.status, again.status)

    with ThreadPoolExecutor(16) as pool:
        ended = [pool.submit(end, order_id) for order_id in placed]
        bought = [pool.submit(buy, n) for n in range(16)]
        assert {each.result() for each in ended + bought} == {201}
    standing = [counted(brand, each)[:2] for each in promotions]
    assert [counter for counter, _ in standing] == [stand for _, stand in standing]
    assert sum(stand for _, stand in standing) == 16


def test_staff_who_set_and_lift_limits_meanwhile_stand_in_nobodys_way(brand: Brand) -> None:
    staff = Promoter.of(brand)
    coded = [staff.make(code=f"CODE{n}", stackable=True, value=3) for n in range(2)]
    promotions = [*coded, staff.make(code=None, is_auto_apply=True, stackable=True, value=2)]
    mugs = [for_sale(brand, 100) for _ in range(2)]
    over = Event()

    def set_and_lift() -> None:
        for limit in cycle([1000, None]):
            for each in promotions:
                staff.change(each, max_uses=limit)
            if over.is_set():
                return

    def buy(n: int) -> set[int]:
        codes = ["CODE0", "CODE1"][:: 1 if n % 3 else -1]
        buyer = shopper(brand, *mugs[:: 1 if n % 2 else -1])
        answers = [buyer.check_out(promotion_codes=codes, email=somebody()) for _ in range(2)]
        if n % 3 == 0:
            answers.append(buyer.change(buyer.look().body["items"][0]["id"], 2))
        return {answer.status for answer in answers}

    with ThreadPoolExecutor(9) as pool:
        staff_at_work = pool.submit(set_and_lift)
        seen = set().union(*pool.map(buy, range(18)))
        over.set()
        staff_at_work.result()
    assert seen == {200, 201}
    for each in promotions:
        staff.change(each, max_uses=1000)
        assert counted(brand, each) == (12, 12, 36)


def test_the_database_itself_refuses_a_use_too_many(brand: Brand) -> None:
    ten = Promoter.of(brand).make(max_uses=1)
    use = uses.Use(UUID(ten["id"]), "TEN", 100)

    def use_it() -> None:
        with begin(brand, "test") as work:
            uses.take(work, uuid4(), [use], currency="EUR", customer_id=None, email=EMAIL)

    use_it()
    with pytest.raises(CheckViolation):
        use_it()
