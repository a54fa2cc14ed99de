"""POST /v1/admin/promotions."""

from typing import Any
from uuid import uuid4

import pytest

from shared.identity.permissions import Role
from shared.platform.brands import Brand
from tests.deeds import log
from tests.promoting import Promoter, euros
from tests.shop import category

pytestmark = pytest.mark.usefixtures("issuer")


def test_a_promotion_is_what_was_asked_for(brand: Brand) -> None:
    staff = Promoter.of(brand)
    home = category(brand, "home")
    made = staff.make(
        code="été-10".replace("é", "e"),
        name="Été",
        value=12.5,
        category_ids=[str(home.id)],
        minimum_amount=euros(2000),
        budget=[euros(50_000), {"amount": 40_000, "currency": "CHF"}],
        max_uses=100,
        max_uses_per_user=2,
        stackable=True,
        starts_at="2026-06-21T00:00:00Z",
        ends_at="2026-09-21T00:00:00Z",
        metadata={"campaign": "summer"},
    )
    assert (made["code"], made["value"], made["version"]) == ("ETE-10", 12.5, 1)
    assert made["minimum_amount"] == [euros(2000)]
    assert made["budget"] == [{"amount": 40_000, "currency": "CHF"}, euros(50_000)]
    assert (made["current_uses"], made["given"], made["unique_codes"]) == (0, [], 0)
    assert made["metadata"] == {"campaign": "summer"}
    assert staff.seen(made) == made


def test_an_amount_off_may_be_said_for_one_currency_or_for_several(brand: Brand) -> None:
    staff = Promoter.of(brand)
    assert staff.make(code="ONE", type="fixed", value=euros(500))["value"] == [euros(500)]
    several = [{"amount": 600, "currency": "CHF"}, euros(500)]
    assert staff.make(code="TWO", type="fixed", value=several)["value"] == several


def test_a_code_is_one_promotions_alone(brand: Brand, another_brand: Brand) -> None:
    staff = Promoter.of(brand)
    staff.make()
    answer = staff.do("create_promotion", {"code": " t e n", "name": "N", "type": "percentage", "value": 5})
    assert (answer.status, answer.code, answer.body["promotion_code"]) == (409, "promotion_code_taken", "TEN")
    assert Promoter.of(another_brand).make()["code"] == "TEN"


@pytest.mark.parametrize(
    "terms",
    [
        {"type": "fixed", "value": 10},
        {"value": euros(500)},
        {"is_auto_apply": True},
        {"ends_at": "2020-01-01T00:00:00Z"},
        {"new_customers_only": True, "max_uses_per_user": 3},
        {"product_ids": [str(uuid4())]},
        {"category_ids": [str(uuid4())]},
        {"type": "fixed", "value": euros(500), "budget": {"amount": 1, "currency": "CHF"}},
    ],
)
def test_terms_that_contradict_each_other_are_refused(brand: Brand, terms: dict[str, Any]) -> None:
    body = {"code": "TEN", "name": "Ten", "type": "percentage", "value": 10} | terms
    answer = Promoter.of(brand).do("create_promotion", body)
    assert (answer.status, answer.code) == (422, "promotion_inconsistent")


@pytest.mark.parametrize(
    "terms",
    [
        {"value": 0},
        {"value": 100.01},
        {"value": 9.999},
        {"value": -5},
        {"value": "NaN"},
        {"type": "fixed", "value": euros(0)},
        {"type": "fixed", "value": [euros(1), euros(2)]},
        {"type": "fixed", "value": {"amount": 10**13, "currency": "EUR"}},
        {"type": "fixed", "value": {"amount": 5, "currency": "eur"}},
        {"type": "gift"},
        {"code": "é"},
        {"code": "A"},
        {"name": ""},
        {"max_uses": 0},
        {"max_uses": 2**31},
        {"max_uses_per_user": True},
        {"minimum_amount": {"amount": 1.5, "currency": "EUR"}},
        {"starts_at": 5},
        {"free": True},
    ],
)
def test_nonsense_is_refused(brand: Brand, terms: dict[str, Any]) -> None:
    body = {"code": "TEN", "name": "Ten", "type": "percentage", "value": 10} | terms
    answer = Promoter.of(brand).do("create_promotion", body)
    assert (answer.status, answer.code) == (422, "validation_failed")
    named = {error["field"] for error in answer.body["errors"]}
    assert any(name.startswith(tuple(terms)) for name in named)
    assert not any("[" in name for name in named), "names of validators are nobody's fields"


def test_by_managers_and_written_into_the_audit_log(brand: Brand) -> None:
    body = {"code": "TEN", "name": "Ten", "type": "percentage", "value": 10}
    assert Promoter.of(brand, Role.SUPPORT).do("create_promotion", body).status == 403
    made = Promoter.of(brand).make()
    [entry] = [each for each in log(brand) if each["action"] == "billing.create_promotion"]
    assert entry["resource"] == {"promotion_id": made["id"]}
