"""end_lapsed_levels."""

from datetime import timedelta

import pytest

from functions.identity.end_lapsed_levels import handler
from functions.identity.get_level import handler as get_level
from shared.identity import standings
from shared.identity.levels import Level
from shared.kernel.money import Money
from shared.platform.brands import Brand
from shared.platform.work import begin
from tests.gateway import Bus
from tests.people import Person
from tests.till import Clock

pytestmark = pytest.mark.usefixtures("issuer")


def level(person: Person) -> str:
    told = Person(person.brand, person.account, person.again()).call(get_level, "GET", "/v1/me/level").body
    return str(told["level"])


def test_a_paid_period_that_is_over_lowers_the_level_to_what_was_earned(
    brand: Brand, bus: Bus, at: Clock
) -> None:
    ada = Person.member(brand)
    assert ada.customer_id
    with begin(brand, "test") as work:
        standings.note_investment(work, ada.customer_id, "i-1", Money(50_00, "EUR"), at.time)
        standings.note_ambassador(work, ada.customer_id, "s-1", at.time, at.time + timedelta(days=30))
    at.move(days=29)
    assert handler({}, None)["processed"] == 0
    assert level(ada) == "ambassadeur"
    at.move(days=1)
    assert handler({}, None)["processed"] == 1
    assert level(ada) == "protecteur"
    bus.relay()
    assert [event["data"]["after"] for event in bus.of("level.changed")] == [
        "protecteur",
        "ambassadeur",
        "protecteur",
    ]
    assert handler({}, None)["processed"] == 0


def test_a_grant_that_is_over_goes_too_in_every_brand(brand: Brand, another_brand: Brand, at: Clock) -> None:
    people = [Person.member(where) for where in (brand, another_brand)]
    for person in people:
        assert person.customer_id
        with begin(person.brand, "test") as work:
            standings.grant_level(work, person.customer_id, Level.AMBASSADEUR, at.time + timedelta(days=1))
    at.move(days=1)
    assert handler({}, None)["processed"] == 2
    assert [level(person) for person in people] == ["explorateur"] * 2
