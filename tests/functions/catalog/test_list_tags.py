"""GET /v1/admin/tags."""

import pytest

from shared.identity.permissions import Role
from shared.platform.brands import Brand
from tests.editors import Editor
from tests.people import Person

pytestmark = pytest.mark.usefixtures("issuer")


def test_tags_come_by_title_with_how_many_products_have_them(brand: Brand, another_brand: Brand) -> None:
    editor = Editor.of(brand)
    Editor.of(another_brand).do("create_tag", {"title": "Ailleurs"})
    editor.product(tags=["Grès", "bio"])
    editor.product(tags=["bio"], variants=[])
    listed = Editor.of(brand, Role.SUPPORT).do("list_tags").body
    assert [(each["slug"], each["product_count"]) for each in listed["data"]] == [("bio", 2), ("gres", 1)]
    assert listed["pagination"]["total"] == 2
    assert [each["slug"] for each in editor.do("list_tags", query={"q": "GR"}).body["data"]] == ["gres"]


def test_only_staff_may_look(brand: Brand) -> None:
    assert Editor(Person.member(brand)).do("list_tags").status == 403
