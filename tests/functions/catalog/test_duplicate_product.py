"""POST /v1/admin/products/{product_id}/duplicate."""

import pytest

from shared.identity.permissions import Role
from shared.platform.brands import Brand
from tests.editors import Editor, euros, priced
from tests.shop import change
from tests.stock import some_id

pytestmark = pytest.mark.usefixtures("issuer")


def test_a_copy_is_a_draft_with_names_of_its_own(brand: Brand) -> None:
    editor = Editor.of(brand)
    kitchen = editor.category("Cuisine")
    sale = {"price": euros(800), "ends_at": "2999-01-01T00:00:00Z"}
    bowl = editor.published(
        title="Bol",
        description="<p>Rond</p>",
        category_ids=[kitchen["id"]],
        tags=["bio"],
        variants=[
            priced("B-S", options={"Taille": "S"}, prices=[sale]),
            priced("B-L", options={"Taille": "L"}),
        ],
    )
    change(
        brand,
        "INSERT INTO catalog.product_images (id, product_id, key, alt, created_at)"
        " VALUES (%(id)s, %(product)s, 'products/bol.webp', 'Un bol', '2026-01-01T00:00:00Z')",
        id=some_id(),
        product=bowl["id"],
    )
    editor.do(
        "set_seo",
        {"meta_title": "Bol", "canonical_url": "https://x.example/bol"},
        entity_type="product",
        entity_id=bowl["id"],
    )
    answer = editor.do("duplicate_product", product_id=bowl["id"])
    copy = answer.body
    assert (answer.status, copy["status"], copy["version"]) == (201, "draft", 1)
    assert (copy["title"], copy["slug"], copy["description"]) == ("Bol (copie)", "bol-copie", "<p>Rond</p>")
    assert [each["sku"] for each in copy["variants"]] == ["B-S-2", "B-L-2"]
    assert [len(each["prices"]) for each in copy["variants"]] == [1, 1]
    assert (copy["tags"], copy["categories"][0]["slug"]) == (["bio"], "cuisine")
    assert (copy["images"][0]["alt"], copy["options"]) == ("Un bol", bowl["options"])
    assert (copy["seo"]["meta_title"], copy["seo"]["canonical_url"]) == ("Bol", None)
    again = editor.do("duplicate_product", product_id=bowl["id"]).body
    assert (again["slug"], again["variants"][0]["sku"]) == ("bol-copie-2", "B-S-3")


def test_long_names_still_find_room(brand: Brand) -> None:
    editor = Editor.of(brand)
    skus = ["S" * 99 + "A", "S" * 99 + "B"]
    long = editor.product(title="x" * 300, variants=[priced(sku) for sku in skus])
    copy = editor.do("duplicate_product", product_id=long["id"]).body
    assert len({each["sku"] for each in copy["variants"]}) == 2
    assert len(copy["title"]) <= 300


def test_other_roles_and_other_brands_are_refused(brand: Brand, another_brand: Brand) -> None:
    bowl = Editor.of(brand).product()
    assert Editor.of(brand, Role.SUPPORT).do("duplicate_product", product_id=bowl["id"]).status == 403
    assert Editor.of(another_brand).do("duplicate_product", product_id=bowl["id"]).status == 404
