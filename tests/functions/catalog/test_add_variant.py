"""POST /v1/admin/products/{product_id}/variants."""

import pytest

from shared.catalog import variant_editing
from shared.identity.permissions import Role
from shared.platform.brands import Brand
from tests.editors import Editor, euros, look, priced

pytestmark = pytest.mark.usefixtures("issuer")


def test_a_variant_is_added_behind_the_others_and_shows_at_once(brand: Brand) -> None:
    editor = Editor.of(brand)
    bowl = editor.published(variants=[priced("S", options={"Taille": "S"})])
    wish = priced("L", 2000, options={"Taille": "L", "Couleur": "Bleu"}, title="Grand", barcode="54-1")
    answer = editor.do("add_variant", wish, product_id=bowl["id"], version=2)
    assert (answer.status, answer.headers["etag"]) == (201, '"3"')
    assert (answer.body["product_id"], answer.body["position"], answer.body["version"]) == (bowl["id"], 1, 3)
    whole = editor.do("get_admin_product", product_id=bowl["id"]).body
    assert whole["variants"][1] == answer.body
    assert whole["options"] == [
        {"name": "Taille", "values": ["S", "L"]},
        {"name": "Couleur", "values": ["Bleu"]},
    ]
    shown = look(brand, bowl["slug"]).body["variants"]
    assert [(each["sku"], each["price"]) for each in shown] == [("S", euros(1000)), ("L", euros(2000))]


def test_skus_options_and_numbers_have_limits(brand: Brand, monkeypatch: pytest.MonkeyPatch) -> None:
    editor = Editor.of(brand)
    bowl = editor.product(variants=[priced("S", options={"Taille": "S"})])
    plate = editor.product(title="Plat", variants=[priced("P")])

    def add(**wish: object) -> str:
        return editor.do("add_variant", wish, product_id=bowl["id"]).code

    assert add(sku="P") == "sku_taken"
    assert add(sku="S2", options={"Taille": "S"}) == "variant_exists"
    assert add(sku="S2", price=euros(1), compare_at_price=euros(0)) == "compare_at_too_low"
    assert editor.do("add_variant", {"sku": "P2"}, product_id=plate["id"]).status == 201
    monkeypatch.setattr(variant_editing, "MAX_VARIANTS", 1)
    assert add(sku="L") == "too_many_variants"


def test_older_versions_other_roles_and_other_brands_are_refused(brand: Brand, another_brand: Brand) -> None:
    bowl = Editor.of(brand).product()
    assert Editor.of(brand).do("add_variant", {"sku": "X"}, product_id=bowl["id"], version=9).status == 412
    assert Editor.of(brand, Role.SUPPORT).do("add_variant", {"sku": "X"}, product_id=bowl["id"]).status == 403
    assert Editor.of(another_brand).do("add_variant", {"sku": "X"}, product_id=bowl["id"]).status == 404
