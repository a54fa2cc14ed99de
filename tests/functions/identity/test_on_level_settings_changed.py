"""brand_settings.changed, as levels hear it."""

from typing import Any

import pytest

from functions.identity.change_settings import handler as change_settings
from functions.identity.end_lapsed_levels import handler as decide
from functions.identity.get_level import handler as get_level
from functions.identity.on_level_settings_changed import handler
from shared.identity import standings
from shared.identity.permissions import Role
from shared.kernel.money import Money
from shared.platform.brands import Brand
from shared.platform.work import begin
from tests.gateway import Bus, batch
from tests.people import Person

pytestmark = pytest.mark.usefixtures("issuer")


def change(brand: Brand, bus: Bus, **wish: Any) -> None:
    assert (
        Person.staff(brand, Role.ADMIN).call(change_settings, "PATCH", "/v1/admin/settings", wish).status
        == 200
    )
    told = [detail for detail in bus.relay() if detail["type"] == "brand_settings.changed"]
    assert handler(batch(told), None)["batchItemFailures"] == []


def level(person: Person) -> tuple[str, object]:
    told = person.call(get_level, "GET", "/v1/me/level").body
    return told["level"], told["until"]


def invest(person: Person, amount: int) -> None:
    assert person.customer_id
    with begin(person.brand, "test") as work:
        standings.note_investment(work, person.customer_id, f"i-{amount}", Money(amount, "EUR"), work.now)


def test_levels_follow_what_they_take(brand: Brand, another_brand: Brand, bus: Bus) -> None:
    small, large, elsewhere = Person.member(brand), Person.member(brand), Person.member(another_brand)
    idle = Person.member(brand)
    for person, amount in ((small, 20_00), (large, 500_00), (elsewhere, 20_00)):
        invest(person, amount)
    assert [level(person)[0] for person in (small, large, idle)] == [
        "protecteur",
        "protecteur",
        "explorateur",
    ]
    change(brand, bus, levels={"protecteur": {"investments": 1, "invested": 100_00}})
    # Who looks before it is decided sees the level as it was, and no end of it.
    assert level(small) == ("protecteur", None)
    assert decide({}, None)["processed"] == 2
    assert [level(person) for person in (small, large)] == [("explorateur", None), ("protecteur", None)]
    assert level(elsewhere) == ("protecteur", None)
    change(brand, bus, levels=None)
    assert decide({}, None)["processed"] == 2
    assert level(small) == ("protecteur", None)
    assert decide({}, None)["processed"] == 0


def test_other_settings_leave_levels_alone(brand: Brand, bus: Bus) -> None:
    invest(Person.member(brand), 20_00)
    change(brand, bus, name="Maison Neuve")
    assert decide({}, None)["processed"] == 0
