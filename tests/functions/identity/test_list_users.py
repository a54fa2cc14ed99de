"""GET /v1/admin/users."""

from typing import Any

import pytest

from functions.identity.list_users import handler
from shared.identity.permissions import Role
from shared.platform.brands import Brand
from shared.platform.work import begin
from tests.gateway import Answer
from tests.people import Person

pytestmark = pytest.mark.usefixtures("issuer")
PATH = "/v1/admin/users"


def ask(person: Person, **query: Any) -> Answer:
    return person.call(handler, "GET", PATH, query=query)


def emails(answer: Answer) -> list[str]:
    return [each["email"] for each in answer.body["data"]]


def test_users_are_found_by_name_address_role_and_status(brand: Brand) -> None:
    boss = Person.staff(brand, Role.MANAGER)
    ada, zoe = (Person.member(brand, f"{name}@example.com") for name in ("ada", "zoe"))
    with begin(brand, "test") as work:
        work.run(
            "UPDATE identity.users SET name = 'Zoé Lefèvre', status = 'suspended' WHERE id = %(id)s",
            id=zoe.id,
        )
    assert emails(ask(boss, q="lefevre")) == ["zoe@example.com"]
    assert emails(ask(boss, q="ada@ex")) == ["ada@example.com"]
    assert emails(ask(boss, role="manager")) == [boss.account.email]
    assert sorted(emails(ask(boss, role="member"))) == ["ada@example.com", "zoe@example.com"]
    assert emails(ask(boss, status="suspended")) == ["zoe@example.com"]
    assert emails(ask(boss, status="closed")) == []
    [told] = ask(boss, q="ada").body["data"]
    assert told["customer_id"] == str(ada.customer_id)
    assert (told["has_password"], told["mfa_enabled"], told["status"]) == (True, False, "active")
    assert told["last_seen_at"] is not None


def test_the_list_goes_on_by_cursor(brand: Brand) -> None:
    boss = Person.staff(brand, Role.MANAGER)
    for number in range(4):
        Person.member(brand, f"user{number}@example.com")
    first = ask(boss, sort="email", limit=3)
    rest = ask(boss, sort="email", limit=3, cursor=first.body["next_cursor"])
    assert emails(first) + emails(rest) == sorted(emails(first) + emails(rest))
    assert len(emails(first) + emails(rest)) == 5
    assert (first.body["pagination"]["total"], rest.body["next_cursor"]) == (5, None)


def test_support_and_other_brands_see_nothing(brand: Brand, another_brand: Brand) -> None:
    ada = Person.member(brand)
    assert ask(Person.staff(brand, Role.SUPPORT)).status == 403
    assert ada.account.email not in emails(ask(Person.staff(another_brand, Role.ADMIN)))
