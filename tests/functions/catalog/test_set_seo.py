"""PUT /v1/admin/seo/{entity_type}/{entity_id}."""

from typing import Any

import pytest

from shared.identity.permissions import Role
from shared.platform.brands import Brand
from tests.editors import Editor, look
from tests.gateway import Bus
from tests.stock import some_id

pytestmark = pytest.mark.usefixtures("issuer")


def tell(editor: Editor, kind: str, id: Any, version: int | None = None, **wish: Any) -> Any:
    return editor.do("set_seo", wish, entity_type=kind, entity_id=id, version=version)


def test_search_engines_are_told_what_staff_wrote_and_no_more_of_what_they_wrote_before(brand: Brand) -> None:
    editor = Editor.of(brand)
    bowl = editor.published()
    answer = tell(
        editor,
        "product",
        bowl["id"],
        2,
        meta_title="Bols\nen grès",
        canonical_url="https://maison.example/bols",
        noindex=True,
    )
    assert (answer.status, answer.headers["etag"], answer.body["version"]) == (200, '"3"', 3)
    assert answer.body["meta_title"] == "Bols en grès"
    seo = look(brand, "bol-dyle").body["seo"]
    assert (seo["title"], seo["canonical_url"], seo["noindex"]) == (
        "Bols en grès",
        "https://maison.example/bols",
        True,
    )
    tell(editor, "product", bowl["id"], meta_description="Ronds")
    seo = look(brand, "bol-dyle").body["seo"]
    assert (seo["title"], seo["description"], seo["noindex"]) == ("Bol Dyle", "Ronds", False)
    assert editor.do("get_admin_product", product_id=bowl["id"]).body["seo"]["meta_description"] == "Ronds"


def test_a_products_listeners_hear_of_it(brand: Brand, bus: Bus) -> None:
    editor = Editor.of(brand)
    bowl, kitchen = editor.published(), editor.category("Cuisine")
    tell(editor, "product", bowl["id"], meta_title="Bols")
    tell(editor, "category", kitchen["id"], meta_title="Cuisiner")
    bus.relay()
    [fact] = bus.of("product.updated")
    assert (fact["data"]["slug"], fact["data"]["changed"]) == ("bol-dyle", ["seo"])


@pytest.mark.parametrize(
    "wish",
    [
        {"canonical_url": "javascript:alert(1)"},
        {"canonical_url": "//evil.example"},
        {"og_image": "https://x.example/a b"},
        {"og_image": 'https://x.example/"onload=x'},
        {"meta_title": "x" * 201},
        {"noindex": None},
        {"title": "x"},
    ],
)
def test_what_cannot_be_meant_is_refused(brand: Brand, wish: dict[str, Any]) -> None:
    editor = Editor.of(brand)
    assert tell(editor, "product", editor.product()["id"], **wish).status == 422


def test_older_versions_unknown_things_roles_and_brands_are_refused(
    brand: Brand, another_brand: Brand
) -> None:
    editor = Editor.of(brand)
    bowl = editor.product()
    assert tell(editor, "product", bowl["id"], 7).status == 412
    for kind, id in (
        ("category", bowl["id"]),
        ("product", some_id()),
        ("page", some_id()),
        ("user", some_id()),
    ):
        assert tell(editor, kind, id).code == "seo_entity_not_found"
    assert tell(Editor.of(brand, Role.SUPPORT), "product", bowl["id"]).status == 403
    assert tell(Editor.of(another_brand), "product", bowl["id"]).status == 404
