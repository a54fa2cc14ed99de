"""GET /v1/admin/products/{product_id}."""

import pytest

from shared.identity.permissions import Role
from shared.platform.brands import Brand
from tests.editors import Editor
from tests.stock import some_id

pytestmark = pytest.mark.usefixtures("issuer")


def test_staff_see_a_product_whole_whatever_its_state(brand: Brand) -> None:
    made = Editor.of(brand).product()
    support = Editor.of(brand, Role.SUPPORT)
    seen = support.do("get_admin_product", product_id=made["id"])
    assert (seen.status, seen.body, seen.headers["etag"]) == (200, made, '"1"')
    assert seen.body["seo"] == {
        "meta_title": None,
        "meta_description": None,
        "canonical_url": None,
        "og_image": None,
        "noindex": False,
    }


def test_another_brands_product_is_not_there(brand: Brand, another_brand: Brand) -> None:
    made = Editor.of(brand).product()
    stranger = Editor.of(another_brand)
    assert stranger.do("get_admin_product", product_id=made["id"]).code == "product_not_found"
    assert stranger.do("get_admin_product", product_id=some_id()).status == 404
