"""GET /v1/me/level."""

from datetime import UTC, datetime

import pytest

from functions.identity.get_level import handler
from shared.identity import standings
from shared.identity.permissions import Role
from shared.kernel.money import Money
from shared.platform.brands import Brand
from shared.platform.work import begin
from tests.people import Person

pytestmark = pytest.mark.usefixtures("issuer")


def test_the_way_to_the_first_level_is_explained(brand: Brand) -> None:
    for person in (Person.member(brand), Person.staff(brand, Role.SUPPORT)):
        assert person.call(handler, "GET", "/v1/me/level").body == {
            "level": "explorateur",
            "reached_at": None,
            "until": None,
            "levels": ["explorateur", "protecteur", "ambassadeur"],
            "next": {
                "level": "protecteur",
                "investments": 0,
                "investments_needed": 1,
                "invested": {"amount": 0, "currency": "EUR"},
                "invested_needed": {"amount": 0, "currency": "EUR"},
                "ambassador": False,
                "ambassador_needed": False,
            },
        }


def test_an_investment_in_another_currency_counts_and_for_no_amount(brand: Brand) -> None:
    ada = Person.member(brand)
    assert ada.customer_id
    with begin(brand, "test") as work:
        standings.note_investment(work, ada.customer_id, "i-1", Money(50_00, "CHF"), datetime.now(UTC))
    told = ada.call(handler, "GET", "/v1/me/level").body
    assert (told["level"], told["next"]["invested"]["amount"]) == ("protecteur", 0)
    assert told["reached_at"] is not None
