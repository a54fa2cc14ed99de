"""GET /v1/admin/carts: those that were left, the most promising first."""

from datetime import timedelta
from typing import Any

import pytest

from functions.cart.list_carts import handler
from shared.cart.recovery.scoring import PARAMETERS, SCORE, score
from shared.identity.permissions import Role
from shared.platform.brands import Brand
from tests.buyers import Buyer, captured, for_sale
from tests.gateway import Answer, Bus
from tests.leavers import choose, filled, left, scan
from tests.people import Person, rows
from tests.till import Clock, Till

pytestmark = pytest.mark.usefixtures("issuer", "bus", "till")


def listed(brand: Brand, role: Role = Role.SUPPORT, **query: Any) -> Answer:
    asked = {name: str(value) for name, value in query.items()}
    return Person.staff(brand, role).call(handler, "GET", "/v1/admin/carts", query=asked)


def emails(answer: Answer) -> list[str]:
    return [cart["email"] for cart in answer.body["data"]]


def test_carts_that_were_left_come_with_their_score(brand: Brand, at: Clock) -> None:
    small = filled(brand, "small@example.com", price=1000)
    big = filled(brand, "big@example.com", price=20_000, units=3)
    still = Buyer.of(brand)
    at.move(minutes=61)
    scan()
    still.add(for_sale(brand))
    answer = listed(brand, status="ABANDONED")
    assert answer.body["pagination"]["total"] == 2
    first, second = answer.body["data"]
    assert (first["id"], second["id"]) == (big.cart_id, small.cart_id)
    assert (first["item_count"], first["subtotal"]["amount"]) == (3, 60_000)
    [touched] = rows(brand, "SELECT last_activity_at FROM cart.carts WHERE id = %(id)s", id=big.cart_id)
    assert first["score"] == pytest.approx(score(60_000, touched.last_activity_at, 0, at.time), abs=0.1)
    assert first["times_abandoned"] == 1
    assert listed(brand, status="active").body["data"][0]["score"] is None


@pytest.mark.parametrize("amount", [0, 999, 10_000, 10**12])
@pytest.mark.parametrize("hours", [0, 1, 24, 1000, 10**6])
@pytest.mark.parametrize("spent", [0, 20_000])
def test_lists_are_sorted_by_the_very_score_of_the_rule(
    brand: Brand, at: Clock, amount: int, hours: int, spent: int
) -> None:
    when = at.time - timedelta(hours=hours)
    [row] = rows(
        brand,
        f"SELECT {SCORE} AS score FROM (SELECT %(amount)s::bigint AS amount, %(spent)s::bigint AS spent_amount) a,"
        " (SELECT %(when)s::timestamptz AS last_activity_at) c",
        amount=amount,
        spent=spent,
        when=when,
        now=at.time,
        **PARAMETERS,
    )
    assert row.score == pytest.approx(score(amount, when, spent, at.time), abs=0.1)


def test_who_has_bought_before_is_worth_more(brand: Brand, at: Clock, till: Till, bus: Bus) -> None:
    captured(brand, till, bus, filled(brand, price=30_000).check_out(email="loyal@example.com"))
    at.move(minutes=1)
    filled(brand, "new@example.com", price=1000)
    filled(brand, "loyal@example.com", price=1000)
    at.move(minutes=61)
    scan()
    found = listed(brand, status="abandoned").body["data"]
    assert [cart["email"] for cart in found] == ["loyal@example.com", "new@example.com"]
    assert found[0]["score"] > found[1]["score"]


def test_lists_are_narrowed_sorted_and_paged(brand: Brand, at: Clock) -> None:
    for number in range(5):
        filled(brand, f"buyer{number}@example.com", price=1000 * (number + 1))
        at.move(seconds=1)
    filled(brand, None)
    at.move(minutes=61)
    scan()
    assert emails(listed(brand, q="BUYER3")) == ["buyer3@example.com"]
    assert emails(listed(brand, q="%")) == []
    assert emails(listed(brand, status="abandoned", reachable="false")) == [None]
    assert emails(listed(brand, min_amount=4000, sort="amount")) == [
        "buyer3@example.com",
        "buyer4@example.com",
    ]
    first = listed(brand, status="abandoned", sort="created_at", limit=4)
    second = listed(brand, status="abandoned", sort="created_at", limit=4, page=2)
    assert emails(first) + emails(second) == [f"buyer{number}@example.com" for number in range(5)] + [None]
    assert first.body["pagination"] == {"page": 1, "limit": 4, "total": 6, "pages": 2}
    assert emails(listed(brand)) == [None] + [f"buyer{number}@example.com" for number in range(4, -1, -1)]
    for sort in ("-score", "score", "-last_activity_at", "last_activity_at", "-created_at", "-amount"):
        assert len(listed(brand, sort=sort).body["data"]) == 6


def test_held_out_carts_are_told_apart(brand: Brand, at: Clock) -> None:
    choose(brand, hold_out_percent=100)
    left(brand, at, "out@example.com")
    assert emails(listed(brand, held_out="true")) == ["out@example.com"]
    assert emails(listed(brand, held_out="false")) == []


@pytest.mark.parametrize("query", [{"status": "gone"}, {"sort": "email"}, {"limit": 101}, {"since": "1"}])
def test_what_no_list_knows_is_invalid(brand: Brand, query: dict[str, Any]) -> None:
    assert listed(brand, **query).status == 422


def test_staff_of_the_brand_alone_see_them(brand: Brand, another_brand: Brand, at: Clock) -> None:
    left(another_brand, at)
    assert listed(brand).body["data"] == []
    assert Person.member(brand).call(handler, "GET", "/v1/admin/carts").status == 403
