"""GET /v1/admin/promotions."""

from typing import Any

import pytest

from shared.identity.permissions import Role
from shared.platform.brands import Brand
from tests.people import Person
from tests.promoting import Promoter, euros

pytestmark = pytest.mark.usefixtures("issuer")


def names(staff: Promoter, **query: Any) -> list[str]:
    answer = staff.do("list_promotions", query=query)
    assert answer.status == 200, answer.body
    return [each["name"] for each in answer.body["data"]]


def test_the_latest_come_first_page_by_page(brand: Brand) -> None:
    staff = Promoter.of(brand)
    for number in range(3):
        staff.make(code=f"CODE{number}", name=f"N{number}")
    assert names(staff, limit=2) == ["N2", "N1"]
    assert names(staff, limit=2, page=2) == ["N0"]
    page = staff.do("list_promotions", query={"limit": 2}).body["pagination"]
    assert page == {"page": 1, "limit": 2, "total": 3, "pages": 2}


def test_filters_narrow_it(brand: Brand) -> None:
    staff = Promoter.of(brand)
    staff.make(name="Ten per cent")
    staff.make(
        code="FIVE", name="Five euros", type="fixed", value=euros(500), starts_at="2199-01-01T00:00:00Z"
    )
    staff.make(code=None, name="By itself", is_auto_apply=True, is_active=False)
    past = {"starts_at": "2020-01-01T00:00:00Z", "ends_at": "2020-02-01T00:00:00Z"}
    staff.make(code="PAST", name="Past renewals", applies_to="renewals", **past)
    assert names(staff, q="EURO") == ["Five euros"]
    assert names(staff, q=" five ") == ["Five euros"]
    assert names(staff, q="%") == []
    assert names(staff, type="fixed") == ["Five euros"]
    assert names(staff, applies_to="renewals") == ["Past renewals"]
    assert names(staff, is_auto_apply="true") == ["By itself"]
    states = {state: names(staff, state=state) for state in ("running", "scheduled", "ended", "inactive")}
    assert states == {
        "running": ["Ten per cent"],
        "scheduled": ["Five euros"],
        "ended": ["Past renewals"],
        "inactive": ["By itself"],
    }
    assert staff.do("list_promotions", query={"state": "odd"}).status == 422


def test_support_may_look_and_others_brands_are_not_there(brand: Brand, another_brand: Brand) -> None:
    Promoter.of(another_brand).make()
    assert names(Promoter.of(brand, Role.SUPPORT)) == []
    assert Promoter(Person.member(brand)).do("list_promotions").status == 403
