"""Staff list and find orders."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from functions.orders.list_orders import handler
from shared.identity.permissions import Role
from shared.platform.brands import Brand
from tests.accounts import signed_in
from tests.buyers import PARIS, Buyer, captured, for_sale
from tests.gateway import Answer, Bus, call
from tests.till import Clock, Till


@pytest.fixture
def staff(brand: Brand, issuer: str) -> dict[str, str]:
    return signed_in(brand, Role.SUPPORT)


def orders(headers: dict[str, str], raw_query: str | None = None, **query: Any) -> Answer:
    return call(handler, "GET", "/v1/admin/orders", headers=headers, query=query, raw_query=raw_query)


def numbers(answer: Answer) -> list[int]:
    assert answer.status == 200, answer.body
    return [order["number"] for order in answer.body["data"]]


def ordered(brand: Brand, price: int = 1000, **changed: Any) -> Answer:
    buyer = Buyer.of(brand)
    buyer.add(for_sale(brand, price=price), 1)
    return buyer.check_out(**changed)


def test_the_latest_come_first_a_page_at_a_time(brand: Brand, staff: dict[str, str], till: Till) -> None:
    for _ in range(5):
        ordered(brand)
    answer = orders(staff, page=1, limit=2)
    assert numbers(answer) == [5, 4]
    assert answer.body["pagination"] == {"page": 1, "limit": 2, "total": 5, "pages": 3}
    first = answer.body["data"][0]
    assert (first["status"], first["email"], first["buyer_name"]) == (
        "pending_payment",
        "ada@example.com",
        "Ada Byron",
    )
    assert (first["item_count"], first["country"], first["total"]) == (
        1,
        "FR",
        {"amount": 1490, "currency": "EUR"},
    )
    assert numbers(orders(staff, page=3, limit=2)) == [1]
    assert numbers(orders(staff, page=9)) == []


@pytest.mark.parametrize("sort", ["-created_at", "created_at", "-number", "number", "-total", "total"])
def test_a_cursor_walks_through_all_of_them_once_whatever_is_placed_meanwhile(
    brand: Brand, staff: dict[str, str], till: Till, sort: str
) -> None:
    for price in (3000, 1000, 1000, 2000, 1000):
        ordered(brand, price)
    whole = numbers(orders(staff, sort=sort))
    walked, cursor = [], None
    while True:
        page = orders(staff, sort=sort, limit=2, **({"cursor": cursor} if cursor else {}))
        walked += numbers(page)
        cursor = page.body["next_cursor"]
        if cursor is None:
            break
        if sort in ("-created_at", "-number"):
            ordered(brand)
    assert walked == whole
    assert page.body["pagination"] is None


def test_they_are_found_by_state_in_any_case_and_by_number_address_and_name(
    brand: Brand, staff: dict[str, str], till: Till, bus: Bus
) -> None:
    captured(brand, till, bus, ordered(brand))
    ordered(
        brand,
        email="Grace.H@example.com",
        shipping_address=PARIS | {"first_name": "Grace", "last_name": "Hopper"},
    )
    ordered(brand)
    assert numbers(orders(staff, status="paid")) == numbers(orders(staff, status="PAID")) == [1]
    assert numbers(orders(staff, status="Paid,PENDING_PAYMENT")) == [3, 2, 1]
    assert numbers(orders(staff, raw_query="status=paid&status=cancelled")) == [1]
    assert numbers(orders(staff, q="2")) == [2]
    assert numbers(orders(staff, q="grace.h@")) == [2]
    assert numbers(orders(staff, q="hopp")) == [2]
    assert numbers(orders(staff, q="%")) == []
    assert numbers(orders(staff, q="_da")) == []
    assert numbers(orders(staff, q="ada", status="pending_payment")) == [3]
    assert numbers(orders(staff, q="9" * 40)) == []


def test_they_are_found_by_time_amount_buyer_and_way_to_pay_and_summed_up(
    brand: Brand, staff: dict[str, str], till: Till, bus: Bus, at: Clock
) -> None:
    first = ordered(brand, 1000)
    captured(brand, till, bus, first)
    at.move(minutes=5)
    noon = at.time.isoformat().replace("+00:00", "Z")
    ordered(brand, 3000)
    at.move(minutes=5)
    ordered(brand, 2000)
    assert numbers(orders(staff, since=noon)) == [3, 2]
    assert numbers(orders(staff, until=noon)) == [1]
    later = (at.time - timedelta(minutes=2)).isoformat()
    assert numbers(orders(staff, since=noon, until=later)) == [2]
    ever = {"since": "0001-01-01T00:00:00+14:00", "until": "9999-12-31T23:59:59.999999Z"}
    assert numbers(orders(staff, **ever)) == [3, 2, 1]
    assert numbers(orders(staff, min_total=2490, max_total=3000)) == [3]
    assert numbers(orders(staff, payment_method="STRIPE")) == [3, 2, 1]
    assert numbers(orders(staff, payment_method="paypal")) == []
    assert numbers(orders(staff, customer_id=str(uuid4()))) == []
    assert orders(staff).body["summary"] is None
    summed = orders(staff, summary="true", limit=1).body["summary"]
    assert summed == [
        {"status": "paid", "orders": 1, "total": {"amount": 1490, "currency": "EUR"}},
        {"status": "pending_payment", "orders": 2, "total": {"amount": 5980, "currency": "EUR"}},
    ]
    assert orders(staff, summary="true", status="cancelled").body["summary"] == []


@pytest.mark.parametrize(
    "query",
    [
        {"since": "yesterday"},
        {"until": "0001-01-01"},
        {"min_total": -1},
        {"max_total": 10**13},
        {"customer_id": "ada"},
        {"payment_method": "cash"},
        {"limit": 101},
        {"limit": 0},
        {"page": 0},
        {"page": "x"},
        {"status": "shipped-ish"},
        {"status": ""},
        {"sort": "colour"},
        {"cursor": "nonsense"},
        {"cursor": "WyItbnVtYmVyIiwxLCJ4Il0"},
        {"cursor": "é"},
    ],
)
def test_what_cannot_be_asked_is_invalid(staff: dict[str, str], query: dict[str, Any]) -> None:
    assert orders(staff, **query).status == 422


def test_a_cursor_of_another_order_of_sorting_is_refused(
    brand: Brand, staff: dict[str, str], till: Till
) -> None:
    for _ in range(2):
        ordered(brand)
    cursor = orders(staff, limit=1).body["next_cursor"]
    answer = orders(staff, sort="number", cursor=cursor)
    assert (answer.status, answer.code) == (422, "cursor_invalid")


def test_only_staff_and_only_of_their_own_brand(
    brand: Brand, another_brand: Brand, staff: dict[str, str], till: Till
) -> None:
    ordered(another_brand)
    assert numbers(orders(staff)) == []
    assert orders({"x-brand": brand.slug}).status == 401
    assert orders(signed_in(brand, Role.MEMBER)).status == 403
