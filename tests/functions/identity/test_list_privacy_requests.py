"""GET /v1/admin/privacy-requests."""

import pytest

from functions.identity.ask_privacy_request import handler as ask
from functions.identity.list_privacy_requests import handler
from shared.identity.permissions import Role
from shared.platform.brands import Brand
from tests.people import Person

pytestmark = pytest.mark.usefixtures("issuer")
PATH = "/v1/admin/privacy-requests"


def test_admins_see_who_waits_and_until_when(brand: Brand, another_brand: Brand) -> None:
    ada, boss = Person.member(brand), Person.staff(brand, Role.ADMIN)
    for kind in ("export", "erase"):
        ada.call(ask, "POST", "/v1/me/privacy-requests", {"kind": kind})
    told = boss.call(handler, "GET", PATH).body
    assert told["pagination"]["total"] == 2
    assert {each["contact"] for each in told["data"]} == {ada.account.email}
    assert {each["user_id"] for each in told["data"]} == {str(ada.id)}
    assert len(boss.call(handler, "GET", PATH, query={"kind": "erase"}).body["data"]) == 1
    assert boss.call(handler, "GET", PATH, query={"status": "completed"}).body["data"] == []
    assert boss.call(handler, "GET", PATH, query={"status": "lost"}).status == 422
    assert Person.staff(another_brand, Role.ADMIN).call(handler, "GET", PATH).body["data"] == []
    assert Person.staff(brand, Role.MANAGER).call(handler, "GET", PATH).status == 403
