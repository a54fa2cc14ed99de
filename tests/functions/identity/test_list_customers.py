"""GET /v1/admin/customers."""

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from functions.identity.list_customers import handler
from functions.identity.set_customer_tags import handler as set_tags
from shared.identity.accounts import create_customer_account, guest_customer
from shared.identity.permissions import Role
from shared.platform.brands import Brand
from shared.platform.work import begin
from tests.gateway import Answer
from tests.people import Person, rows

pytestmark = pytest.mark.usefixtures("issuer")
PATH = "/v1/admin/customers"


# Customers of one millisecond have no order.
MOMENTS = (datetime(2026, 11, 20, tzinfo=UTC) + timedelta(seconds=number) for number in itertools.count())


def guest(brand: Brand, email: str, first: str, last: str, phone: str | None = None) -> UUID:
    with begin(brand, "test", now=next(MOMENTS)) as work:
        return guest_customer(work, email, first, last, phone=phone)


def account(brand: Brand, email: str, first: str, last: str) -> UUID:
    with begin(brand, "test", now=next(MOMENTS)) as work:
        return create_customer_account(work, email, None, first, last)[1]


@pytest.fixture
def shop(brand: Brand) -> Brand:
    """Five customers, one with an account."""
    guest(brand, "zoe@example.com", "Zoé", "Lefèvre", "+33 6 11 22 33 44")
    guest(brand, "jean.dupont@example.org", "Jean-Noël", "Dupont")
    guest(brand, "o.hara@example.net", "Scarlett", "O’Hara")
    guest(brand, "anna@example.com", "Anna", "Åström")
    account(brand, "ada@example.com", "Ada", "Byron")
    return brand


def ask(person: Person, **query: Any) -> Answer:
    return person.call(handler, "GET", PATH, query=query)


def names(answer: Answer) -> list[str]:
    return [each["first_name"] for each in answer.body["data"]]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("zoe", ["Zoé"]),
        ("ZOÉ LEF", ["Zoé"]),
        ("lefevre zoe", ["Zoé"]),
        ("dupont", ["Jean-Noël"]),
        ("jean noel", ["Jean-Noël"]),
        ("example.org", ["Jean-Noël"]),
        ("ada@example.com", ["Ada"]),
        ("hara", ["Scarlett"]),
        ("astrom", ["Anna"]),
        ("22 33", ["Zoé"]),
        ("example", ["Ada", "Anna", "Scarlett", "Jean-Noël", "Zoé"]),
        ("nobody", []),
        ("' | x:* & !", []),
        ("\\", ["Ada", "Anna", "Scarlett", "Jean-Noël", "Zoé"]),
        ("", ["Ada", "Anna", "Scarlett", "Jean-Noël", "Zoé"]),
    ],
)
def test_customers_are_found_by_what_staff_type(shop: Brand, typed: str, found: list[str]) -> None:
    answer = ask(Person.staff(shop, Role.SUPPORT), q=typed)
    assert answer.status == 200
    assert names(answer) == found
    assert answer.body["pagination"]["total"] == len(found)


def test_filters_narrow_the_list(shop: Brand) -> None:
    boss = Person.staff(shop, Role.SUPPORT)
    [zoe] = [each for each in ask(boss).body["data"] if each["first_name"] == "Zoé"]
    boss.call(set_tags, "PUT", f"{PATH}/{{customer_id}}/tags", {"tags": ["vip"]}, customer_id=zoe["id"])
    assert names(ask(boss, tag="vip")) == ["Zoé"]
    assert names(ask(boss, has_account="true")) == ["Ada"]
    assert len(names(ask(boss, has_account="false"))) == 4
    assert len(names(ask(boss, level="explorateur"))) == 5
    assert names(ask(boss, level="ambassadeur")) == []
    assert names(ask(boss, marketing_opt_in="true")) == []


@pytest.mark.parametrize(
    ("sort", "first"),
    [
        ("created_at", "Zoé"),
        ("-created_at", "Ada"),
        ("email", "Ada"),
        ("-email", "Zoé"),
        ("-name", "Anna"),
    ],
)
def test_every_sort_order_goes_on_by_cursor(shop: Brand, sort: str, first: str) -> None:
    boss = Person.staff(shop, Role.SUPPORT)
    found = []
    answer = ask(boss, sort=sort, limit=2)
    assert answer.body["pagination"]["pages"] == 3
    while True:
        found += names(answer)
        cursor = answer.body["next_cursor"]
        if cursor is None:
            break
        answer = ask(boss, sort=sort, limit=2, cursor=cursor)
        assert answer.body["pagination"] is None
    assert found[0] == first
    assert len(found) == len(set(found)) == 5


@pytest.mark.parametrize("query", [{"limit": 101}, {"level": "king"}, {"tag": "A B"}, {"sort": "phone"}])
def test_what_cannot_be_meant_is_refused(shop: Brand, query: dict[str, Any]) -> None:
    assert ask(Person.staff(shop, Role.SUPPORT), **query).status == 422


@pytest.mark.parametrize("cursor", ["nonsense", "e30", "W10", "\u00e9"])
def test_a_cursor_that_is_none_of_ours_is_refused(shop: Brand, cursor: str) -> None:
    assert ask(Person.staff(shop, Role.SUPPORT), cursor=cursor).code == "cursor_invalid"


def test_other_brands_and_other_roles_see_nothing(shop: Brand, another_brand: Brand) -> None:
    assert names(ask(Person.staff(another_brand, Role.ADMIN))) == []
    assert ask(Person.member(shop)).status == 403


def test_who_looked_is_written_down(shop: Brand) -> None:
    ask(Person.staff(shop, Role.SUPPORT), q="zoe")
    assert [row.action for row in rows(shop, "SELECT action FROM platform.audit_logs")] == [
        "identity.list_customers"
    ]
