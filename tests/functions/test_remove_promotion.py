"""DELETE /v1/store/cart/{cart_id}/promotions/{code}."""

import pytest

from functions.cart.remove_promotion import handler
from shared.platform.brands import Brand
from tests.buyers import Buyer, for_sale
from tests.gateway import call
from tests.promoting import Promoter, apply, counted, discount, take_out
from tests.till import Till

pytestmark = pytest.mark.usefixtures("issuer")


def test_a_code_is_taken_out_however_it_is_typed(brand: Brand) -> None:
    staff = Promoter.of(brand)
    staff.make()
    staff.make(code="AB-1", stackable=True)
    buyer = Buyer.of(brand)
    buyer.add(for_sale(brand, price=2000))
    apply(buyer, "TEN")
    apply(buyer, "AB-1")
    answer = take_out(buyer, "ten")
    assert (answer.status, answer.body["promotion_codes"], discount(answer)) == (200, ["AB-1"], 200)
    assert buyer.look().body == answer.body
    for gone in ("TEN", "nonsense!", "OTHER"):
        answer = take_out(buyer, gone)
        assert (answer.status, answer.code) == (404, "promotion_code_not_in_cart")


def test_an_order_that_waits_for_its_payment_gives_way_and_its_use_back(brand: Brand, till: Till) -> None:
    ten = Promoter.of(brand).make(max_uses=1)
    buyer = Buyer.of(brand)
    buyer.add(for_sale(brand))
    apply(buyer, "TEN")
    buyer.check_out()
    assert counted(brand, ten) == (1, 1, 1)
    assert take_out(buyer, "TEN").body["order_id"] is None
    assert counted(brand, ten) == (0, 0, 1)


def test_only_by_who_holds_the_carts_token(brand: Brand, another_brand: Brand) -> None:
    Promoter.of(brand).make()
    buyer = Buyer.of(brand)
    apply(buyer, "TEN")
    assert take_out(Buyer(another_brand, buyer.cart_id, buyer.token), "TEN").code == "cart_not_found"
    assert take_out(Buyer(brand, buyer.cart_id, Buyer.of(brand).token), "TEN").code == "cart_not_found"
    bare = call(
        handler,
        "DELETE",
        f"/v1/store/cart/{buyer.cart_id}/promotions/TEN",
        headers={"x-brand": brand.slug},
        path_params={"cart_id": buyer.cart_id, "code": "TEN"},
    )
    assert (bare.status, bare.code) == (401, "cart_token_missing")
