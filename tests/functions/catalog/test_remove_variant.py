"""DELETE /v1/admin/products/{product_id}/variants/{variant_id}."""

from typing import Any
from uuid import UUID

import pytest

from shared.identity.permissions import Role
from shared.platform.brands import Brand
from tests.buyers import Buyer
from tests.editors import Editor, look, priced, supply
from tests.gateway import Answer

pytestmark = pytest.mark.usefixtures("issuer", "till")


def remove(editor: Editor, product: dict[str, Any], at: int, version: int | None = None) -> Answer:
    variant = product["variants"][at]["id"]
    return editor.do("remove_variant", product_id=product["id"], variant_id=variant, version=version)


def test_a_variant_that_nobody_ordered_goes(brand: Brand) -> None:
    editor = Editor.of(brand)
    bowl = editor.published(variants=[priced("A"), priced("B")])
    assert remove(editor, bowl, 0, version=2).status == 204
    assert [each["sku"] for each in look(brand, bowl["slug"]).body["variants"]] == ["B"]
    assert remove(editor, bowl, 0).code == "variant_unknown"
    last = remove(editor, bowl, 1)
    assert (last.status, last.code) == (409, "product_not_ready")


def test_one_that_was_ordered_stays(brand: Brand) -> None:
    editor = Editor.of(brand)
    bowl = editor.published(variants=[priced("A"), priced("B")])
    variant = UUID(bowl["variants"][0]["id"])
    supply(brand, variant, 3)
    buyer = Buyer.of(brand)
    buyer.add(variant)
    assert buyer.check_out().status == 201
    refused = remove(editor, bowl, 0)
    assert (refused.status, refused.code) == (409, "variant_ordered")
    assert len(look(brand, bowl["slug"]).body["variants"]) == 2


def test_older_versions_other_roles_and_other_brands_are_refused(brand: Brand, another_brand: Brand) -> None:
    editor = Editor.of(brand)
    bowl = editor.product()
    assert remove(editor, bowl, 0, version=9).status == 412
    assert remove(Editor.of(brand, Role.SUPPORT), bowl, 0).status == 403
    assert remove(Editor.of(another_brand), bowl, 0).status == 404
