"""DELETE /v1/admin/tags/{tag_id}."""

import pytest

from shared.identity.permissions import Role
from shared.platform.brands import Brand
from tests.editors import Editor, look

pytestmark = pytest.mark.usefixtures("issuer")


def test_its_products_lose_it(brand: Brand) -> None:
    editor = Editor.of(brand)
    editor.published(tags=["bio", "gres"])
    [tag] = editor.do("list_tags", query={"q": "bio"}).body["data"]
    assert editor.do("delete_tag", tag_id=tag["id"]).status == 204
    assert look(brand, "bol-dyle").body["tags"] == ["gres"]
    assert editor.do("delete_tag", tag_id=tag["id"]).code == "tag_not_found"


def test_other_roles_and_other_brands_are_refused(brand: Brand, another_brand: Brand) -> None:
    tag = Editor.of(brand).do("create_tag", {"title": "Bio"}).body
    assert Editor.of(brand, Role.SUPPORT).do("delete_tag", tag_id=tag["id"]).status == 403
    assert Editor.of(another_brand).do("delete_tag", tag_id=tag["id"]).status == 404
