"""PATCH /v1/me."""

from typing import Any

import pytest

from functions.identity.get_account import handler as get_account
from functions.identity.update_account import handler
from shared.identity.permissions import Role
from shared.platform.brands import Brand
from tests.gateway import Answer
from tests.people import Person, rows

pytestmark = pytest.mark.usefixtures("issuer")


def update(person: Person, if_match: str | None = None, **change: object) -> Answer:
    more = {"if-match": if_match} if if_match else {}
    return person.call(handler, "PATCH", "/v1/me", change, more=more)


def test_what_is_named_changes_and_the_rest_stays(brand: Brand) -> None:
    ada = Person.member(brand)
    told = update(ada, first_name="Augusta Ada", phone="+33 6 12 34 56 78").body
    assert (told["first_name"], told["last_name"], told["name"]) == (
        "Augusta Ada",
        "Byron",
        "Augusta Ada Byron",
    )
    assert (told["phone"], told["version"]) == ("+33 6 12 34 56 78", 2)
    told = update(ada, phone=None, avatar_url="https://cdn.example/ada.webp").body
    assert (told["phone"], told["avatar_url"]) == (None, "https://cdn.example/ada.webp")
    assert told == ada.call(get_account, "GET", "/v1/me").body


def test_a_change_for_an_older_version_is_stopped(brand: Brand) -> None:
    ada = Person.member(brand)
    assert update(ada, '"1"', first_name="Augusta").status == 200
    stale = update(ada, '"1"', first_name="Ada")
    assert (stale.status, stale.code, stale.body["version"]) == (412, "version_stale", 2)
    assert update(ada, '"2"', first_name="Ada").headers["etag"] == '"3"'


def test_consent_is_written_down_with_time_and_source_once(brand: Brand) -> None:
    ada = Person.member(brand)
    for _ in range(2):
        assert update(ada, marketing_opt_in=True).body["marketing_opt_in"] is True
    update(ada, marketing_opt_in=False)
    said = rows(brand, "SELECT granted, source FROM identity.marketing_consents ORDER BY id")
    assert [tuple(row) for row in said] == [(True, "account"), (False, "account")]
    [customer] = rows(brand, "SELECT marketing_opt_in_at, marketing_opt_in_source FROM identity.customers")
    assert customer.marketing_opt_in_at is not None
    assert customer.marketing_opt_in_source == "account"


def test_staff_get_a_buyers_record_when_they_need_one(brand: Brand) -> None:
    boss = Person.staff(brand, Role.ADMIN)
    assert update(boss, avatar_url="https://cdn.example/boss.webp").body["customer_id"] is None
    told = update(boss, last_name="Boss").body
    assert (told["customer_id"], told["last_name"]) == (str(boss.customer_id), "Boss")


@pytest.mark.parametrize(
    "change",
    [
        {"role": "admin"},
        {"roles": ["admin"]},
        {"level": "ambassadeur"},
        {"brand_id": "x"},
        {"is_platform": True},
        {"email": "other@example.com"},
        {"email_verified": True},
        {"id": "x"},
        {"first_name": None},
        {"first_name": ""},
        {"first_name": "x" * 81},
        {"avatar_url": "javascript:alert(1)"},
        {"avatar_url": "http://cdn.example/x.png"},
        {"marketing_opt_in": "yes"},
        {"phone": "1"},
    ],
)
def test_what_is_not_theirs_to_change_is_refused(brand: Brand, change: dict[str, Any]) -> None:
    ada = Person.member(brand)
    answer = update(ada, **change)
    assert (answer.status, answer.code) == (422, "validation_failed")
    assert answer.body["errors"][0]["field"] == next(iter(change))
    assert ada.call(get_account, "GET", "/v1/me").body["version"] == 1
