"""POST /v1/me/privacy-requests."""

from typing import Any

import pytest

from functions.identity.ask_privacy_request import handler
from shared.identity.permissions import Role
from shared.platform.brands import Brand
from shared.platform.work import begin
from tests.gateway import Answer
from tests.people import Person, rows

pytestmark = pytest.mark.usefixtures("issuer")


def ask(person: Person, kind: Any = "export") -> Answer:
    return person.call(handler, "POST", "/v1/me/privacy-requests", {"kind": kind})


def test_a_request_is_taken_down_confirmed_and_audited(brand: Brand) -> None:
    ada = Person.member(brand)
    answer = ask(ada)
    assert answer.status == 201
    assert (answer.body["kind"], answer.body["status"], answer.body["asked_by"]) == (
        "export",
        "received",
        "self",
    )
    assert answer.body["due_at"] > answer.body["asked_at"]
    [mail] = rows(brand, "SELECT recipient, template, variables FROM notifications.mails")
    assert (mail.recipient, mail.template, mail.variables["kind"]) == (
        ada.account.email,
        "privacy_request_received",
        "export",
    )
    [entry] = rows(brand, "SELECT action, actor_type FROM platform.audit_logs")
    assert tuple(entry) == ("identity.ask_privacy_request", "member")


def test_the_same_request_is_open_once_and_another_one_beside_it(brand: Brand) -> None:
    ada = Person.member(brand)
    assert ask(ada).status == 201
    again = ask(ada)
    assert (again.status, again.code) == (409, "privacy_request_open")
    assert ask(ada, "erase").status == 201
    assert ask(Person.member(brand)).status == 201


def test_an_address_that_is_not_proved_gets_no_data(brand: Brand) -> None:
    ada = Person.member(brand)
    with begin(brand, "test") as work:
        work.run("UPDATE identity.users SET email_verified_at = NULL WHERE id = %(id)s", id=ada.id)
    answer = ask(ada)
    assert (answer.status, answer.code) == (403, "email_not_verified")


def test_the_last_administrator_is_not_erased(brand: Brand) -> None:
    boss = Person.staff(brand, Role.ADMIN)
    assert ask(boss, "erase").code == "last_admin"
    assert ask(boss, "export").status == 201
    Person.staff(brand, Role.ADMIN)
    assert ask(boss, "erase").status == 201


@pytest.mark.parametrize("kind", ["", "delete", None, 1])
def test_only_two_things_can_be_asked_for(brand: Brand, kind: Any) -> None:
    assert ask(Person.member(brand), kind).status == 422
