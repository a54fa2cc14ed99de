"""DELETE /v1/admin/products/{product_id}."""

from uuid import UUID

import pytest

from shared.identity.permissions import Role
from shared.platform.brands import Brand
from tests.buyers import Buyer
from tests.editors import Editor, look, priced, supply
from tests.gateway import Bus
from tests.people import rows

pytestmark = pytest.mark.usefixtures("issuer", "till")


def test_what_nobody_has_ordered_is_deleted_with_all_that_is_its(brand: Brand, bus: Bus) -> None:
    editor = Editor.of(brand)
    bowl = editor.published(tags=["bio"])
    editor.do("set_seo", {"meta_title": "Bol"}, entity_type="product", entity_id=bowl["id"])
    assert editor.do("delete_product", product_id=bowl["id"]).status == 204
    assert look(brand, bowl["slug"]).status == 404
    for table in (
        "products",
        "product_variants",
        "variant_prices",
        "price_history",
        "seo_metadata",
        "product_tags",
    ):
        assert rows(brand, f"SELECT 1 FROM catalog.{table}") == [], table
    bus.relay()
    [fact] = bus.of("product.deleted")
    assert fact["data"]["variant_ids"] == [bowl["variants"][0]["id"]]
    assert editor.do("delete_product", product_id=bowl["id"]).status == 404


def test_nothing_leads_to_what_is_deleted(brand: Brand) -> None:
    editor = Editor.of(brand)
    bowl, cup = editor.published(), editor.published(title="Tasse", variants=[priced("CUP-1")])
    kitchen = editor.category("Cuisine")
    for each in (bowl, cup):
        editor.do("change_product", {"slug": f"{each['slug']}-2"}, product_id=each["id"])
    editor.do("change_category", {"slug": "table"}, category_id=kitchen["id"])
    editor.do("delete_product", product_id=bowl["id"])
    editor.do("delete_category", category_id=kitchen["id"])
    assert (look(brand, "bol-dyle").status, look(brand, "tasse").status) == (404, 301)
    left = rows(brand, "SELECT from_path FROM catalog.url_redirects")
    assert [row.from_path for row in left] == ["/products/tasse"]


def test_what_was_ordered_is_archived_instead(brand: Brand) -> None:
    editor = Editor.of(brand)
    bowl = editor.published()
    variant = UUID(bowl["variants"][0]["id"])
    supply(brand, variant, 5)
    buyer = Buyer.of(brand)
    buyer.add(variant)
    order = buyer.check_out().body["order"]
    refused = editor.do("delete_product", product_id=bowl["id"])
    assert (refused.status, refused.code) == (409, "product_ordered")
    assert editor.do("archive_product", product_id=bowl["id"]).body["status"] == "archived"
    assert order["items"][0]["sku"] == "BOL-1"


def test_older_versions_other_roles_and_other_brands_are_refused(brand: Brand, another_brand: Brand) -> None:
    editor = Editor.of(brand)
    bowl = editor.published()
    assert editor.do("delete_product", product_id=bowl["id"], version=1).status == 412
    assert Editor.of(brand, Role.SUPPORT).do("delete_product", product_id=bowl["id"]).status == 403
    assert Editor.of(another_brand).do("delete_product", product_id=bowl["id"]).status == 404
