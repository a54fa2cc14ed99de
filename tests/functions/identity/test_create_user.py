"""POST /v1/admin/users."""

from threading import Barrier, Thread
from typing import Any

import pytest

from functions.identity.create_user import handler
from functions.identity.on_link_requested import handler as on_link_requested
from shared.identity.permissions import Role
from shared.platform.brands import Brand
from tests.gateway import Answer, Bus, batch
from tests.people import Person, rows
from tests.ways_in import register

pytestmark = pytest.mark.usefixtures("issuer")


def create(brand: Brand, role: Role = Role.ADMIN, **wish: Any) -> Answer:
    body = {"email": "zoe@example.com", "first_name": "Zoé", "last_name": "Lefèvre", **wish}
    return Person.staff(brand, role).call(handler, "POST", "/v1/admin/users", body)


def test_an_account_waits_for_its_owner_to_prove_the_address(brand: Brand, bus: Bus) -> None:
    answer = create(brand, role=Role.ADMIN)
    assert answer.status == 201
    told = answer.body
    assert (told["email_verified"], told["has_password"], told["role"]) == (False, False, "member")
    assert told["customer_id"] is not None
    bus.relay()
    on_link_requested(batch(bus.of("link.requested")), None)
    [mail] = rows(brand, "SELECT recipient, template FROM notifications.mails")
    assert (mail.recipient, mail.template) == ("zoe@example.com", "email_verification")
    assert [fact["data"]["customer_id"] for fact in bus.of("account.registered")] == [told["customer_id"]]


def test_a_creator_can_be_made_and_staff_cannot(brand: Brand) -> None:
    boss = Person.staff(brand, Role.ADMIN)

    def made(**wish: Any) -> Answer:
        body = {"email": "c@example.com", "first_name": "C", "last_name": "D", **wish}
        return boss.call(handler, "POST", "/v1/admin/users", body)

    assert made(role="creator").body["role"] == "creator"
    for role in ("support", "admin", "platform"):
        assert made(role=role).status == 422
    assert made(password="a long password").status == 422


def test_a_proved_address_has_its_account_already(brand: Brand, another_brand: Brand) -> None:
    Person.member(brand, "zoe@example.com")
    answer = create(brand)
    assert (answer.status, answer.code) == (409, "email_taken")
    assert create(another_brand).status == 201


def test_one_account_waits_for_an_address_whoever_clicks_twice(brand: Brand) -> None:
    boss, at_once, answers = Person.staff(brand, Role.ADMIN), Barrier(3), list[Answer]()

    def ask() -> None:
        at_once.wait()
        body = {"email": "zoe@example.com", "first_name": "Zoé", "last_name": "Lefèvre"}
        answers.append(boss.call(handler, "POST", "/v1/admin/users", body))

    # Who has registered in her name stands in nobody's way.
    register(brand, "zoe@example.com")
    threads = [Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    made, *refused = sorted(answers, key=lambda answer: answer.status)
    assert made.status == 201
    assert [(each.code, each.body["user_id"]) for each in refused] == [
        ("account_waiting", made.body["id"])
    ] * 2


def test_only_admins_may(brand: Brand) -> None:
    assert create(brand, Role.MANAGER).status == 403
