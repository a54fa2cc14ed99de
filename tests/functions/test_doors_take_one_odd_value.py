"""A request that is right but for one value, which may be anything: answered calmly, deep inside the stories too."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.identity.permissions import Role
from shared.platform.brands import Brand
from shared.platform.work import begin
from tests.accounts import headers, session_of, staff_account
from tests.buyers import PARIS, Buyer, for_sale
from tests.doors import Admitted, is_served
from tests.gateway import Bus
from tests.json_values import JUNK, nearly_valid
from tests.till import Till

pytestmark = pytest.mark.usefixtures("issuer", "bus", "till")

FULL = PARIS | {
    "company": "Analytical Engines",
    "vat_number": "BE0403170701",
    "line2": "2e",
    "phone": "+33 1 23 45 67 89",
}


def paths(value: Any, here: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a JSON value."""
    yield here
    if isinstance(value, dict | list):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from paths(item, (*here, key))


def replaced(value: Any, path: tuple[Any, ...], by: Any) -> Any:
    """A copy of `value` with `by` at `path`."""
    if not path:
        return by
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = replaced(value[path[0]], path[1:], by)
    return copy


# Right in type and wrong in kind: what validation lets through to the story.
_TEXT = nearly_valid({"type": "string", "minLength": 1, "maxLength": 60})


def one_odd_value(body: dict[str, Any]) -> st.SearchStrategy[Any]:
    """`body` with something else in one place."""
    places = st.sampled_from(sorted(paths(body), key=str))
    return st.builds(replaced, st.just(body), places, st.one_of(JUNK, _TEXT, st.integers(-5, 1200)))


def wishes(buyer: Buyer) -> dict[str, Any]:
    return buyer.wish(
        shipping_address=FULL,
        billing_address=FULL,
        promotion_codes=["WELCOME"],
        delivery_instructions="Ring twice",
        delivery_slot="morning",
    )


_DEEP = settings(max_examples=60, suppress_health_check=list(HealthCheck))


@_DEEP
@given(data=st.data())
@pytest.mark.parametrize("name", ["checkout.preview_checkout", "checkout.check_out"])
def test_a_checkout_with_one_odd_value(
    name: str, brand: Brand, bus: Bus, till: Till, data: st.DataObject
) -> None:
    buyer = Buyer.of(brand)
    assert buyer.add(for_sale(brand)).status == 201
    body = data.draw(one_odd_value(wishes(buyer)))
    caller = Admitted(buyer.headers | {"idempotency-key": data.draw(st.uuids().map(str))}, {})
    is_served(caller.send(name, json.dumps(body)))


@_DEEP
@given(data=st.data())
def test_an_item_with_one_odd_value(brand: Brand, bus: Bus, data: st.DataObject) -> None:
    buyer = Buyer.of(brand)
    line = {"variant_id": str(for_sale(brand)), "quantity": 2, "pay_with": "money"}
    caller = Admitted(buyer.headers, {"cart_id": buyer.cart_id})
    is_served(caller.send("cart.add_item", json.dumps(data.draw(one_odd_value(line)))))


@_DEEP
@given(data=st.data())
def test_a_cart_with_one_odd_value(brand: Brand, bus: Bus, data: st.DataObject) -> None:
    wanted = {"currency": "EUR", "email": "ada@example.com"}
    caller = Admitted({"x-brand": brand.slug}, {})
    is_served(caller.send("cart.create_cart", json.dumps(data.draw(one_odd_value(wanted)))))


_SALE = {
    "price": {"amount": 800, "currency": "EUR"},
    "starts_at": "2026-12-01T00:00:00Z",
    "ends_at": "2027-01-01T00:00:00+01:00",
}
_VARIANT = {
    "sku": "BOL-1",
    "title": "Petit",
    "options": {"Taille": "S"},
    "price": {"amount": 1000, "currency": "EUR"},
    "compare_at_price": {"amount": 1200, "currency": "EUR"},
    "prices": [_SALE, {"price": {"amount": 1100, "currency": "CHF"}}],
    "price_points": 100,
    "weight_g": 450,
    "barcode": "5412345",
}
_PRODUCT = {
    "title": "Bol",
    "slug": "bol",
    "description": "<p>Rond</p>",
    "short_description": "Rond",
    "min_level": "protecteur",
    "producer_name": "Atelier",
    "tags": ["bio"],
    "variants": [_VARIANT],
}


@_DEEP
@given(one_odd_value(_PRODUCT), one_odd_value(_VARIANT))
def test_a_product_with_one_odd_value(brand: Brand, bus: Bus, wish: Any, change: Any) -> None:
    with begin(brand, "test") as work:
        work.run("DELETE FROM catalog.products")
    staff = headers(brand, session_of(brand, staff_account(brand, Role.MANAGER)).access_token)
    made = Admitted(staff, {}).send("catalog.create_product", json.dumps(wish))
    is_served(made)
    if made.status != 201:
        return
    ids = {"product_id": made.body["id"]}
    is_served(Admitted(staff, ids).send("catalog.publish_product"))
    for variant in made.body["variants"]:
        changing = Admitted(staff, ids | {"variant_id": variant["id"]})
        is_served(changing.send("catalog.change_variant", json.dumps(change)))
    is_served(Admitted({"x-brand": brand.slug}, {"slug": made.body["slug"]}).send("catalog.get_product"))
