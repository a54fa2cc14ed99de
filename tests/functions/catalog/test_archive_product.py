"""POST /v1/admin/products/{product_id}/archive."""

from uuid import UUID

import pytest

from shared.identity.permissions import Role
from shared.platform.brands import Brand
from tests.buyers import Buyer
from tests.editors import Editor, look, supply
from tests.gateway import Bus

pytestmark = pytest.mark.usefixtures("issuer")


def test_an_archived_product_is_gone_from_the_shop_and_from_nothing_else(brand: Brand, bus: Bus) -> None:
    editor = Editor.of(brand)
    bowl = editor.published()
    variant = UUID(bowl["variants"][0]["id"])
    supply(brand, variant, 5)
    buyer = Buyer.of(brand)
    buyer.add(variant)
    archived = editor.do("archive_product", product_id=bowl["id"], version=bowl["version"])
    assert (archived.status, archived.body["status"]) == (200, "archived")
    assert look(brand, bowl["slug"]).status == 404
    cart = buyer.look().body
    assert [problem["code"] for problem in cart["problems"]] == ["not_for_sale"]
    again = editor.do("archive_product", product_id=bowl["id"])
    assert (again.status, again.body["version"]) == (200, archived.body["version"])
    bus.relay()
    assert [fact["data"]["slug"] for fact in bus.of("product.archived")] == ["bol-dyle"]


def test_older_versions_other_roles_and_other_brands_are_refused(brand: Brand, another_brand: Brand) -> None:
    editor = Editor.of(brand)
    bowl = editor.published()
    assert editor.do("archive_product", product_id=bowl["id"], version=1).status == 412
    assert Editor.of(brand, Role.SUPPORT).do("archive_product", product_id=bowl["id"]).status == 403
    assert Editor.of(another_brand).do("archive_product", product_id=bowl["id"]).status == 404
