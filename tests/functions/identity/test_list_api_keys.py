"""GET /v1/admin/api-keys."""

import pytest

from functions.identity.create_api_key import handler as create_api_key
from functions.identity.list_api_keys import handler
from shared.identity.permissions import Role
from shared.platform.brands import Brand
from tests.people import Person

pytestmark = pytest.mark.usefixtures("issuer")
PATH = "/v1/admin/api-keys"


def test_keys_are_listed_without_their_text(brand: Brand, another_brand: Brand) -> None:
    boss = Person.staff(brand, Role.ADMIN)
    made = [
        boss.call(create_api_key, "POST", PATH, {"name": name, "scopes": ["orders:read"]}).body
        for name in ("ERP", "Shop front")
    ]
    told = boss.call(handler, "GET", PATH)
    assert {each["name"] for each in told.body["data"]} == {"ERP", "Shop front"}
    assert told.body["pagination"]["total"] == 2
    for each in made:
        assert each["key"] not in str(told.body)
        assert each["key"].endswith(each["hint"])
    assert Person.staff(another_brand, Role.ADMIN).call(handler, "GET", PATH).body["data"] == []
    assert Person.staff(brand, Role.MANAGER).call(handler, "GET", PATH).status == 403
