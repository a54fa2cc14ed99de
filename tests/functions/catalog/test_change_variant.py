"""PATCH /v1/admin/products/{product_id}/variants/{variant_id}."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from shared.identity.permissions import Role
from shared.platform.brands import Brand
from tests.buyers import Buyer
from tests.editors import Editor, euros, look, priced, supply
from tests.gateway import Answer, Bus
from tests.people import rows
from tests.till import Clock

pytestmark = pytest.mark.usefixtures("issuer", "till")
DAY = timedelta(days=1)


def change(editor: Editor, product: dict[str, Any], version: int | None = None, **wish: Any) -> Answer:
    variant = product["variants"][0]["id"]
    return editor.do("change_variant", wish, product_id=product["id"], variant_id=variant, version=version)


def shown(brand: Brand) -> tuple[int, int | None, int | None]:
    """The price of the day, what it is compared with, and the prior price."""
    variant = look(brand, "bol-dyle").body["variants"][0]
    given = (variant[name] for name in ("price", "compare_at_price", "prior_price"))
    price, compared, prior = (each and each["amount"] for each in given)
    return price, compared, prior


def test_what_is_asked_for_changes_and_shows_at_once(brand: Brand, bus: Bus) -> None:
    editor = Editor.of(brand)
    bowl = editor.published()
    answer = change(editor, bowl, 2, sku="BOL-X", title="Grand", price=euros(1500), weight_g=450, position=3)
    assert (answer.status, answer.headers["etag"], answer.body["price"]) == (200, '"3"', euros(1500))
    [variant] = look(brand, "bol-dyle").body["variants"]
    assert (variant["sku"], variant["title"], variant["price"]) == ("BOL-X", "Grand", euros(1500))
    assert change(editor, bowl, weight_g=None, barcode=None, price_points=50).body["weight_g"] is None
    bus.relay()
    changed = [fact["data"]["changed"] for fact in bus.of("product.updated")]
    assert changed == [["variants", "prices"], ["variants"]]


def test_regular_prices_are_changed_one_by_one_or_all_at_once(brand: Brand) -> None:
    editor = Editor.of(brand)
    bowl = editor.product()
    francs = {"amount": 1100, "currency": "CHF"}
    both = change(editor, bowl, price=francs).body["prices"]
    assert [each["price"] for each in both] == [francs, euros(1000)]
    assert change(editor, bowl, compare_at_price=euros(1200)).body["compare_at_price"] == euros(1200)
    assert change(editor, bowl, price=euros(1300)).code == "compare_at_too_low"
    assert change(editor, bowl, price=euros(1300), compare_at_price=None).body["price"] == euros(1300)
    assert change(editor, bowl, price=None).body["price"] is None
    assert change(editor, bowl, compare_at_price=euros(10)).code == "compare_at_too_low"
    replaced = change(editor, bowl, prices=[{"price": euros(700)}]).body
    assert (replaced["price"], len(replaced["prices"])) == (euros(700), 1)
    others = change(editor, bowl, prices=[{"price": francs}]).body
    assert (others["price"], len(others["prices"])) == (euros(700), 2), (
        "the brand's own price is not among the others"
    )
    assert change(editor, bowl, prices=[], price=None).body["prices"] == []


def test_a_sale_begins_and_ends_by_the_clock_with_its_prior_price(brand: Brand, at: Clock) -> None:
    bowl = Editor.of(brand).published()
    at.move(days=40)
    sale = {
        "price": euros(800),
        "starts_at": (at.time + DAY).isoformat(),
        "ends_at": (at.time + 3 * DAY).isoformat(),
    }
    assert change(Editor.of(brand), bowl, prices=[{"price": euros(1000)}, sale]).status == 200
    assert shown(brand) == (1000, None, None)
    at.move(days=1)
    assert shown(brand) == (800, 1000, 1000)
    [variant] = Editor.of(brand).do("get_admin_product", product_id=bowl["id"]).body["variants"]
    assert (variant["current_price"], variant["prior_price"]) == (euros(800), euros(1000))
    at.move(days=2)
    assert shown(brand) == (1000, None, None)


def test_the_prior_price_is_the_lowest_of_thirty_days_whatever_was_said_before(
    brand: Brand, at: Clock
) -> None:
    bowl = Editor.of(brand).published()
    at.move(days=40)
    change(Editor.of(brand), bowl, price=euros(900))
    at.move(days=10)
    change(Editor.of(brand), bowl, price=euros(2000))
    at.move(days=5)
    change(Editor.of(brand), bowl, price=euros(1500), compare_at_price=euros(2000))
    assert shown(brand) == (1500, 2000, 900)
    at.move(days=60)
    assert shown(brand) == (1500, 2000, 900), "it belongs to the reduction, not to today"
    change(Editor.of(brand), bowl, price=euros(1400))
    assert shown(brand) == (1400, 2000, 1500)
    change(Editor.of(brand), bowl, compare_at_price=None)
    assert shown(brand) == (1400, None, None)


def test_what_was_never_to_be_had_is_no_prior_price(brand: Brand, at: Clock) -> None:
    editor = Editor.of(brand)
    bowl = editor.product(variants=[priced("B", 100)])
    at.move(minutes=5)
    change(editor, bowl, price=euros(1000))
    editor.do("publish_product", product_id=bowl["id"])
    assert shown(brand) == (1000, None, None)
    at.move(minutes=5)
    change(editor, bowl, price=euros(900), compare_at_price=euros(1000))
    assert shown(brand) == (900, 1000, 1000)


def test_cart_and_order_lines_keep_the_prior_price(brand: Brand, at: Clock) -> None:
    bowl = Editor.of(brand).published()
    variant = UUID(bowl["variants"][0]["id"])
    supply(brand, variant, 9)
    at.move(days=31)
    change(Editor.of(brand), bowl, price=euros(700), compare_at_price=euros(1000))
    buyer = Buyer.of(brand)
    [line] = buyer.add(variant, 2).body["items"]
    assert (line["unit_price"], line["prior_price"]) == (euros(700), euros(1000))
    change(Editor.of(brand), bowl, price=euros(1000), compare_at_price=None)
    [line] = buyer.look().body["items"]
    assert (line["unit_price"], line["prior_price"]) == (euros(700), euros(1000))
    assert line["current_price"] == euros(1000)
    [sold] = buyer.check_out().body["order"]["items"]
    assert (sold["unit_price"], sold["prior_price"]) == (euros(700), euros(1000))


def test_what_is_in_the_shop_stays_fit_to_be_there(brand: Brand) -> None:
    editor = Editor.of(brand)
    bowl = editor.published()
    refused = change(editor, bowl, price=None)
    assert (refused.status, refused.code) == (409, "product_not_ready")
    assert change(editor, bowl, price=None, price_points=5).status == 200


def test_what_is_taken_is_refused(brand: Brand) -> None:
    editor = Editor.of(brand)
    bowl = editor.product(variants=[priced("A", options={"T": "S"}), priced("B", options={"T": "L"})])
    assert change(editor, bowl, sku="B").code == "sku_taken"
    assert change(editor, bowl, options={"T": "L"}).code == "variant_exists"
    assert change(editor, bowl, options={"T": "M"}).body["options"] == {"T": "M"}
    assert change(editor, bowl, prices=[{"price": euros(1)}] * 2).code == "price_twice"


@pytest.mark.parametrize(
    "wish",
    [{"sku": None}, {"title": None}, {"prices": None}, {"weight_g": -1}, {"stock": 3}, {"barcode": "é"}],
)
def test_what_cannot_be_meant_is_refused(brand: Brand, wish: dict[str, Any]) -> None:
    editor = Editor.of(brand)
    assert change(editor, editor.product(), **wish).status == 422


def test_older_versions_other_products_roles_and_brands_are_refused(
    brand: Brand, another_brand: Brand
) -> None:
    editor = Editor.of(brand)
    bowl, plate = editor.product(), editor.product(title="Plat", variants=[])
    assert change(editor, bowl, 9, title="X").code == "version_stale"
    assert change(editor, plate | {"variants": bowl["variants"]}, title="X").code == "variant_unknown"
    assert change(Editor.of(brand, Role.SUPPORT), bowl, title="X").status == 403
    assert change(Editor.of(another_brand), bowl, title="X").status == 404
    assert rows(brand, "SELECT title FROM catalog.product_variants") == [("",)]
