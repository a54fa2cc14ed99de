"""DELETE /v1/admin/users/{user_id}."""

import pytest

from functions.identity.delete_user import handler
from functions.identity.get_account import handler as get_account
from functions.identity.list_users import handler as list_users
from shared.identity.permissions import Role
from shared.platform.brands import Brand
from tests.gateway import Answer
from tests.people import Person, rows

pytestmark = pytest.mark.usefixtures("issuer")


def delete(boss: Person, user: Person) -> Answer:
    return boss.call(handler, "DELETE", "/v1/admin/users/{user_id}", user_id=user.id)


def test_the_account_is_closed_and_its_data_asked_to_be_erased(brand: Brand) -> None:
    boss, ada = Person.staff(brand, Role.ADMIN), Person.member(brand, "ada@example.com")
    assert delete(boss, ada).status == 204
    assert ada.call(get_account, "GET", "/v1/me").status == 401
    [request] = rows(brand, "SELECT kind, status, asked_by, user_id FROM identity.privacy_requests")
    assert tuple(request) == ("erase", "received", "staff", ada.id)
    closed = boss.call(list_users, "GET", "/v1/admin/users", query={"status": "closed"}).body["data"]
    assert [each["id"] for each in closed] == [str(ada.id)]
    # The address is free again.
    assert Person.member(brand, "ada@example.com").id != ada.id
    again = delete(boss, ada)
    assert (again.status, again.code) == (409, "account_closed")


def test_nobody_deletes_themselves_or_the_platform_here(brand: Brand) -> None:
    boss, platform = Person.staff(brand, Role.ADMIN), Person.staff(brand, Role.ADMIN, platform=True)
    assert delete(boss, boss).code == "own_account"
    assert delete(boss, platform).code == "platform_user"


def test_managers_and_other_brands_may_not(brand: Brand, another_brand: Brand) -> None:
    ada = Person.member(brand)
    assert delete(Person.staff(brand, Role.MANAGER), ada).status == 403
    assert delete(Person.staff(another_brand, Role.ADMIN), ada).status == 404
