"""GET /v1/admin/products."""

from typing import Any

import pytest

from shared.identity.permissions import Role
from shared.platform.brands import Brand
from tests.editors import Editor, priced
from tests.gateway import Answer
from tests.people import Person

pytestmark = pytest.mark.usefixtures("issuer")


def found(editor: Editor, **query: Any) -> list[str]:
    answer = editor.do("list_admin_products", query=query)
    assert answer.status == 200, answer.body
    assert answer.body["pagination"]["total"] >= len(answer.body["data"])
    return [each["slug"] for each in answer.body["data"]]


def test_products_of_every_state_are_listed_the_newest_first(brand: Brand, another_brand: Brand) -> None:
    editor = Editor.of(brand)
    Editor.of(another_brand).product(title="Lampe")
    editor.product(title="Bol", variants=[priced("A", 1200), priced("B", 900)])
    editor.published(title="Assiette", variants=[priced("C", 100)])
    tea = editor.product(title="Œillet thé", variants=[])
    editor.do("archive_product", product_id=tea["id"])
    answer = editor.do("list_admin_products", query={"limit": 2})
    assert answer.body["pagination"] == {"page": 1, "limit": 2, "total": 3, "pages": 2}
    assert found(editor) == ["oeillet-the", "assiette", "bol"]
    assert found(editor, sort="title") == ["assiette", "bol", "oeillet-the"]
    bowl = editor.do("list_admin_products", query={"status": "draft"}).body["data"][0]
    assert (bowl["variant_count"], bowl["skus"], bowl["price_from"]["amount"]) == (2, ["A", "B"], 900)
    assert (bowl["image_url"], bowl["status"]) == (None, "draft")


def test_they_are_found_by_what_is_typed_and_what_they_are(brand: Brand) -> None:
    editor = Editor.of(brand)
    home = editor.category("Maison")
    kitchen = editor.category("Cuisine", home["id"])
    editor.product(
        title="Théière en grès", variants=[priced("THE-1", barcode="5412345")], category_ids=[kitchen["id"]]
    )
    editor.product(
        title="Bol", variants=[priced("BOL-1")], tags=["bio"], is_hero_product=True, kind="digital"
    )
    assert found(editor, q="theiere") == ["theiere-en-gres"]
    assert found(editor, q="the-") == ["theiere-en-gres"]
    assert found(editor, q="5412") == ["theiere-en-gres"]
    assert found(editor, q="GRÈS") == ["theiere-en-gres"]
    assert found(editor, q="%") == []
    assert found(editor, category="maison") == ["theiere-en-gres"]
    assert found(editor, category="nowhere") == []
    assert (
        found(editor, tag="bio")
        == found(editor, is_hero_product=True)
        == found(editor, kind="digital")
        == ["bol"]
    )


def test_only_staff_may_look(brand: Brand) -> None:
    assert Editor.of(brand, Role.SUPPORT).do("list_admin_products").status == 200
    member: Answer = Editor(Person.member(brand)).do("list_admin_products")
    assert member.status == 403


@pytest.mark.parametrize("query", [{"sort": "price"}, {"limit": 101}, {"status": "gone"}, {"q": "x" * 201}])
def test_what_cannot_be_meant_is_refused(brand: Brand, query: dict[str, Any]) -> None:
    assert Editor.of(brand).do("list_admin_products", query=query).status == 422
