"""GET /v1/admin/settings."""

import pytest

from functions.identity.get_settings import handler
from shared.identity.permissions import Role
from shared.platform import limits
from shared.platform.brands import Brand
from shared.platform.work import begin
from tests.people import Person

pytestmark = pytest.mark.usefixtures("issuer")


def test_what_nobody_has_chosen_is_the_houses(brand: Brand) -> None:
    answer = Person.staff(brand, Role.ADMIN).call(handler, "GET", "/v1/admin/settings")
    assert (answer.status, answer.headers["etag"]) == (200, '"1"')
    told = answer.body
    assert (told["slug"], told["hosts"], told["currency"], told["store_url"]) == (
        "maison",
        ["maison.example"],
        "EUR",
        "https://maison.example",
    )
    assert told["kyc"] == {"light": 100_00, "complete": 1_000_00}
    assert told["levels"] == {"protecteur": {"investments": 1, "invested": 0}}
    assert told["tax"] == {"home_country": "FR", "prices_include_tax": True, "one_stop_shop": True}
    assert told["limits"]["anonymous.write"] == limits.DEFAULTS["anonymous.write"].amount
    assert (told["shipping"], told["staff_mfa_required"]) == (None, False)
    assert (told["terms_version"], told["check_mx"]) == ("1", False)


def test_a_choice_that_is_not_valid_any_more_hides_no_others(brand: Brand) -> None:
    with begin(brand, "test") as work:
        work.run(
            """UPDATE platform.brands SET settings = '{"kyc": {"light": -5}, "currencies": ["CHF"]}'
                WHERE id = platform.current_brand()"""
        )
    told = Person.staff(brand, Role.ADMIN).call(handler, "GET", "/v1/admin/settings").body
    assert (told["kyc"]["light"], told["currencies"]) == (100_00, ["CHF"])


def test_only_admins_see_them(brand: Brand) -> None:
    assert Person.staff(brand, Role.MANAGER).call(handler, "GET", "/v1/admin/settings").status == 403
