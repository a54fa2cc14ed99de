"""GET /v1/admin/staff."""

import pytest

from functions.identity.invite_staff import handler as invite_staff
from functions.identity.list_staff import handler
from shared.identity.permissions import Role
from shared.platform.brands import Brand
from tests.people import Person

pytestmark = pytest.mark.usefixtures("issuer")


def test_staff_and_open_invitations_are_listed_and_customers_are_not(
    brand: Brand, another_brand: Brand
) -> None:
    boss, support = Person.staff(brand, Role.ADMIN), Person.staff(brand, Role.SUPPORT)
    Person.member(brand)
    Person.staff(another_brand, Role.ADMIN)
    boss.call(invite_staff, "POST", "/v1/admin/staff", {"email": "new@example.com", "role": "manager"})
    told = boss.call(handler, "GET", "/v1/admin/staff").body
    assert {each["id"]: each["role"] for each in told["data"]} == {
        str(boss.id): "admin",
        str(support.id): "support",
    }
    assert told["pagination"]["total"] == 2
    assert [(each["email"], each["role"]) for each in told["invitations"]] == [("new@example.com", "manager")]


def test_only_admins_may_look(brand: Brand) -> None:
    assert Person.staff(brand, Role.MANAGER).call(handler, "GET", "/v1/admin/staff").status == 403
