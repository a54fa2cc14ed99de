"""DELETE /v1/admin/categories/{category_id}."""

import pytest

from shared.identity.permissions import Role
from shared.platform.brands import Brand
from tests.editors import Editor, look
from tests.people import rows

pytestmark = pytest.mark.usefixtures("issuer")


def test_a_category_goes_and_its_products_stay(brand: Brand) -> None:
    editor = Editor.of(brand)
    kitchen = editor.category("Cuisine")
    editor.do("set_seo", {"noindex": True}, entity_type="category", entity_id=kitchen["id"])
    editor.published(category_ids=[kitchen["id"]])
    assert editor.do("delete_category", category_id=kitchen["id"]).status == 204
    assert look(brand, "bol-dyle").body["categories"] == []
    assert rows(brand, "SELECT 1 FROM catalog.seo_metadata") == []
    assert editor.do("delete_category", category_id=kitchen["id"]).code == "category_not_found"


def test_one_with_others_below_it_stays(brand: Brand) -> None:
    editor = Editor.of(brand)
    home = editor.category("Maison")
    editor.category("Cuisine", home["id"])
    refused = editor.do("delete_category", category_id=home["id"])
    assert (refused.status, refused.code) == (409, "category_has_children")


def test_other_roles_and_other_brands_are_refused(brand: Brand, another_brand: Brand) -> None:
    home = Editor.of(brand).category("Maison")
    assert Editor.of(brand, Role.SUPPORT).do("delete_category", category_id=home["id"]).status == 403
    assert Editor.of(another_brand).do("delete_category", category_id=home["id"]).status == 404
