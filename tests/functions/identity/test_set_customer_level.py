"""POST /v1/admin/customers/{customer_id}/level, and what else moves a level."""

from datetime import timedelta
from typing import Any

import pytest

from functions.identity.get_level import handler as get_level
from functions.identity.set_customer_level import handler
from shared.identity import standings
from shared.identity.permissions import Role
from shared.kernel.money import Money
from shared.platform.brands import Brand
from shared.platform.work import begin
from tests.gateway import Answer, Bus
from tests.people import Person, rows
from tests.till import Clock

pytestmark = pytest.mark.usefixtures("issuer")
PATH = "/v1/admin/customers/{customer_id}/level"


def grant(brand: Brand, to: Person, role: Role = Role.ADMIN, **wish: Any) -> Answer:
    return Person.staff(brand, role).call(handler, "POST", PATH, wish, customer_id=to.customer_id)


def mails(brand: Brand) -> list[Any]:
    return rows(
        brand, "SELECT recipient, variables FROM notifications.mails WHERE template = 'level_reached'"
    )


def test_a_granted_level_is_reached_told_and_mailed(brand: Brand, bus: Bus) -> None:
    ada = Person.member(brand)
    answer = grant(brand, ada, level="protecteur", reason="Founding member")
    assert (answer.status, answer.body["level"], answer.body["next"]["level"]) == (
        200,
        "protecteur",
        "ambassadeur",
    )
    assert ada.call(get_level, "GET", "/v1/me/level").body["level"] == "protecteur"
    bus.relay()
    [changed] = bus.of("level.changed")
    assert (changed["data"]["before"], changed["data"]["after"]) == ("explorateur", "protecteur")
    [mail] = mails(brand)
    assert (mail.recipient, mail.variables["level"]) == (ada.account.email, "protecteur")
    [entry] = rows(brand, "SELECT changes FROM platform.audit_logs")
    assert entry.changes["level"] == {"before": "explorateur", "after": "protecteur"}


def test_the_same_grant_again_tells_nothing(brand: Brand, bus: Bus) -> None:
    ada = Person.member(brand)
    for _ in range(2):
        grant(brand, ada, level="ambassadeur")
    bus.relay()
    assert len(bus.of("level.changed")) == len(mails(brand)) == 1


def test_what_was_granted_can_be_taken_back(brand: Brand) -> None:
    ada = Person.member(brand)
    grant(brand, ada, level="ambassadeur")
    assert grant(brand, ada, level="protecteur").body["level"] == "protecteur"
    assert grant(brand, ada, level="explorateur").body["level"] == "explorateur"
    assert len(mails(brand)) == 1


def test_what_was_earned_cannot(brand: Brand, at: Clock) -> None:
    ada = Person.member(brand)
    assert ada.customer_id
    with begin(brand, "test") as work:
        standings.note_investment(work, ada.customer_id, "i-1", Money(50_00, "EUR"), at.time)
    answer = grant(brand, ada, level="explorateur")
    assert (answer.status, answer.code, answer.body["level"]) == (409, "level_earned", "protecteur")
    with begin(brand, "test") as work:
        standings.drop_investment(work, ada.customer_id, "i-1")
    assert ada.call(get_level, "GET", "/v1/me/level").body["level"] == "explorateur"


def test_a_paid_period_is_never_shortened(brand: Brand, at: Clock) -> None:
    ada = Person.member(brand)
    assert ada.customer_id
    long, short = at.time + timedelta(days=30), at.time + timedelta(days=2)
    for until in (long, short):
        with begin(brand, "test") as work:
            standings.note_ambassador(work, ada.customer_id, "sub-1", at.time, until)
    told = ada.call(get_level, "GET", "/v1/me/level").body
    assert (told["level"], told["next"]) == ("ambassadeur", None)
    assert told["until"].startswith(long.isoformat()[:19])


@pytest.mark.parametrize("wish", [{}, {"level": "king"}, {"level": "protecteur", "until": "yesterday"}])
def test_what_cannot_be_meant_is_refused(brand: Brand, wish: dict[str, Any]) -> None:
    assert grant(brand, Person.member(brand), **wish).status == 422


def test_a_grant_ends_in_the_future(brand: Brand, at: Clock) -> None:
    past = (at.time - timedelta(days=1)).isoformat()
    assert grant(brand, Person.member(brand), level="protecteur", until=past).code == "grant_is_over"


def test_only_admins_of_the_brand_may(brand: Brand, another_brand: Brand) -> None:
    ada = Person.member(brand)
    assert grant(brand, ada, Role.MANAGER, level="protecteur").status == 403
    assert grant(another_brand, ada, level="protecteur").status == 404
