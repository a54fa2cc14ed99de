"""PATCH /v1/admin/tags/{tag_id}."""

import pytest

from shared.identity.permissions import Role
from shared.platform.brands import Brand
from tests.editors import Editor, look

pytestmark = pytest.mark.usefixtures("issuer")


def test_a_renamed_tag_shows_with_its_products_at_once(brand: Brand) -> None:
    editor = Editor.of(brand)
    tag = editor.do("create_tag", {"title": "Bio"}).body
    editor.published(tags=["bio"])
    answer = editor.do("change_tag", {"slug": "biologique"}, tag_id=tag["id"], version=1)
    assert (answer.status, answer.headers["etag"], answer.body["product_count"]) == (200, '"2"', 1)
    assert look(brand, "bol-dyle").body["tags"] == ["biologique"]


def test_older_versions_taken_slugs_roles_and_brands_are_refused(brand: Brand, another_brand: Brand) -> None:
    editor = Editor.of(brand)
    tag = editor.do("create_tag", {"title": "Bio"}).body
    editor.do("create_tag", {"title": "Grès"})
    assert editor.do("change_tag", {"title": "X"}, tag_id=tag["id"], version=7).status == 412
    assert editor.do("change_tag", {"slug": "gres"}, tag_id=tag["id"]).code == "slug_taken"
    assert editor.do("change_tag", {"title": None}, tag_id=tag["id"]).status == 422
    assert Editor.of(brand, Role.SUPPORT).do("change_tag", {"title": "X"}, tag_id=tag["id"]).status == 403
    assert Editor.of(another_brand).do("change_tag", {"title": "X"}, tag_id=tag["id"]).status == 404
