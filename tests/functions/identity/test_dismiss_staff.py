"""DELETE /v1/admin/staff/{id}."""

from uuid import uuid4

import pytest

from functions.identity.dismiss_staff import handler
from functions.identity.get_account import handler as get_account
from functions.identity.invite_staff import handler as invite_staff
from functions.identity.list_staff import handler as list_staff
from shared.identity.permissions import Role
from shared.platform.brands import Brand
from tests.gateway import Answer
from tests.people import Person

pytestmark = pytest.mark.usefixtures("issuer")


def dismiss(boss: Person, id: object) -> Answer:
    return boss.call(handler, "DELETE", "/v1/admin/staff/{id}", id=id)


def test_who_is_dismissed_is_signed_out_and_a_member_again(brand: Brand) -> None:
    boss, support = Person.staff(brand, Role.ADMIN), Person.staff(brand, Role.SUPPORT)
    assert dismiss(boss, support.id).status == 204
    assert support.call(get_account, "GET", "/v1/me").status == 401
    listed = boss.call(list_staff, "GET", "/v1/admin/staff").body["data"]
    assert [each["id"] for each in listed] == [str(boss.id)]
    assert dismiss(boss, support.id).code == "staff_not_found"


def test_an_invitation_is_taken_back(brand: Brand) -> None:
    boss = Person.staff(brand, Role.ADMIN)
    asked = {"email": "new@example.com", "role": "manager"}
    invitation = boss.call(invite_staff, "POST", "/v1/admin/staff", asked).body["id"]
    assert dismiss(boss, invitation).status == 204
    assert boss.call(list_staff, "GET", "/v1/admin/staff").body["invitations"] == []
    assert dismiss(boss, invitation).status == 404


def test_oneself_members_and_other_brands_staff_are_not_there_to_dismiss(
    brand: Brand, another_brand: Brand
) -> None:
    boss, ada = Person.staff(brand, Role.ADMIN), Person.member(brand)
    assert dismiss(boss, boss.id).code == "own_account"
    for id in (ada.id, uuid4(), Person.staff(another_brand, Role.SUPPORT).id):
        assert dismiss(boss, id).status == 404
    assert dismiss(Person.staff(brand, Role.MANAGER), ada.id).status == 403
