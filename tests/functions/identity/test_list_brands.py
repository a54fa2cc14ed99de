"""GET /v1/admin/brands."""

import pytest

from functions.identity.list_brands import handler
from shared.identity.permissions import Role
from shared.platform.brands import Brand
from tests.people import Person

pytestmark = pytest.mark.usefixtures("issuer")


def test_the_platform_sees_every_brand(brand: Brand, another_brand: Brand) -> None:
    platform = Person.staff(brand, Role.SUPPORT, platform=True)
    told = platform.call(handler, "GET", "/v1/admin/brands").body
    assert [(each["slug"], each["hosts"]) for each in told["data"]] == [
        ("ailleurs", ["ailleurs.example"]),
        ("maison", ["maison.example"]),
    ]
    assert told["pagination"]["total"] == 2
    assert platform.call(handler, "GET", "/v1/admin/brands", query={"limit": 1, "page": 2}).body["data"][0][
        "slug"
    ] == ("maison")


def test_a_brands_own_admin_does_not(brand: Brand) -> None:
    assert Person.staff(brand, Role.ADMIN).call(handler, "GET", "/v1/admin/brands").status == 403
