"""GET /v1/admin/categories."""

import pytest

from shared.identity.permissions import Role
from shared.platform.brands import Brand
from tests.editors import Editor
from tests.people import Person

pytestmark = pytest.mark.usefixtures("issuer")


def test_categories_come_as_an_unfolded_menu_with_what_search_engines_are_told(
    brand: Brand, another_brand: Brand
) -> None:
    editor = Editor.of(brand)
    Editor.of(another_brand).category("Ailleurs")
    garden, home = editor.category("Jardin", position=2), editor.category("Maison", position=1)
    kitchen = editor.category("Cuisine", home["id"])
    editor.category("Bols", kitchen["id"])
    editor.product(category_ids=[kitchen["id"], garden["id"]])
    editor.do("set_seo", {"meta_title": "Tout"}, entity_type="category", entity_id=home["id"])
    answer = Editor.of(brand, Role.SUPPORT).do("list_admin_categories")
    listed = answer.body["data"]
    assert [each["slug"] for each in listed] == ["maison", "cuisine", "bols", "jardin"]
    assert [each["product_count"] for each in listed] == [0, 1, 0, 1]
    assert (listed[0]["seo"]["meta_title"], listed[0]["version"]) == ("Tout", 2)
    page = editor.do("list_admin_categories", query={"limit": 3, "page": 2}).body
    assert ([each["slug"] for each in page["data"]], page["pagination"]["total"]) == (["jardin"], 4)


def test_only_staff_may_look(brand: Brand) -> None:
    assert Editor(Person.member(brand)).do("list_admin_categories").status == 403
