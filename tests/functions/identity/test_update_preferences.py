"""PATCH /v1/me/preferences."""

import pytest

from functions.identity.get_preferences import handler as get_preferences
from functions.identity.update_preferences import handler
from shared.platform.brands import Brand
from tests.gateway import Answer
from tests.people import Person, rows

pytestmark = pytest.mark.usefixtures("issuer")
PATH = "/v1/me/preferences"


def choose(person: Person, **change: object) -> Answer:
    return person.call(handler, "PATCH", PATH, change)


def test_choices_are_kept_part_by_part(brand: Brand) -> None:
    ada = Person.member(brand)
    choose(ada, locale="en", display={"theme": "dark"})
    told = choose(ada, timezone="America/New_York", display={"density": "compact"}).body
    assert (told["locale"], told["timezone"]) == ("en", "America/New_York")
    assert told["display"] == {"theme": "dark", "density": "compact", "reduced_motion": False}
    assert told == ada.call(get_preferences, "GET", PATH).body


def test_mails_follow_the_language(brand: Brand) -> None:
    choose(Person.member(brand), locale="en-IE")
    assert [row.locale for row in rows(brand, "SELECT locale FROM identity.customers")] == ["en-IE"]


def test_null_goes_back_to_the_brands_own(brand: Brand) -> None:
    ada = Person.member(brand)
    choose(ada, timezone="Asia/Tokyo")
    assert choose(ada, timezone=None, currency=None).body["timezone"] == "Europe/Paris"


def test_a_currency_the_shop_does_not_sell_in_is_refused(brand: Brand) -> None:
    answer = choose(Person.member(brand), currency="JPY")
    assert (answer.status, answer.code) == (422, "currency_not_offered")
    assert choose(Person.member(brand), currency="EUR").body["currency"] == "EUR"


@pytest.mark.parametrize(
    "change",
    [
        {"locale": "english"},
        {"locale": None},
        {"timezone": "Mars/Olympus"},
        {"timezone": "../../etc/passwd"},
        {"display": {"theme": "neon"}},
        {"display": {"font": "Comic Sans"}},
        {"display": None},
        {"role": "admin"},
    ],
)
def test_what_cannot_be_meant_is_refused(brand: Brand, change: dict[str, object]) -> None:
    assert choose(Person.member(brand), **change).status == 422
