"""GET /v1/me/preferences."""

import pytest

from functions.identity.get_preferences import handler
from shared.platform.brands import Brand
from tests.people import Person

pytestmark = pytest.mark.usefixtures("issuer")


def test_what_nobody_has_chosen_is_the_brands(brand: Brand) -> None:
    told = Person.member(brand).call(handler, "GET", "/v1/me/preferences")
    assert told.body == {
        "locale": "fr",
        "currency": "EUR",
        "timezone": "Europe/Paris",
        "display": {"theme": "system", "density": "comfortable", "reduced_motion": False},
        "version": 1,
    }
    assert told.headers["etag"] == '"1"'
