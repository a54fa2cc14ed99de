"""POST /v1/store/cart/{cart_id}/promotions."""

from datetime import timedelta
from typing import Any

import pytest

from functions.cart.apply_promotion import handler as apply_promotion
from functions.cart.merge_cart import handler as merge_cart
from shared.platform.brands import Brand
from tests.buyers import Buyer, captured, for_sale
from tests.gateway import Answer, Bus, Handler, call
from tests.people import Person
from tests.promoting import Promoter, apply, discount, euros, somebody, take_out
from tests.shop import category
from tests.till import Clock, Till

pytestmark = pytest.mark.usefixtures("issuer")


def shopper(brand: Brand, price: int = 2000, units: int = 2, **more: Any) -> Buyer:
    """A buyer with something in the cart."""
    buyer = Buyer.of(brand)
    buyer.add(for_sale(brand, price=price, **more), units)
    return buyer


def test_what_a_code_gives_is_in_the_cart_at_once(brand: Brand) -> None:
    Promoter.of(brand).make()
    buyer = shopper(brand)
    answer = apply(buyer, " ten ")
    assert (answer.status, answer.body["promotion_codes"]) == (201, ["TEN"])
    assert answer.body["promotions"] == [{"code": "TEN", "name": "Ten", "discount": euros(400)}]
    assert answer.body["totals"]["subtotal"] == euros(4000)
    assert answer.body["totals"]["discount"] == euros(400)
    assert answer.body["totals"]["total"] == euros(3600)
    assert answer.body["items"][0]["line_total"] == euros(3600)
    assert answer.body["can_checkout"]
    assert buyer.look().body == answer.body
    assert apply(buyer, "TEN").body["promotion_codes"] == ["TEN"]


def test_each_change_of_the_cart_says_what_its_codes_give(brand: Brand) -> None:
    Promoter.of(brand).make()
    buyer = shopper(brand)
    apply(buyer, "TEN")
    [item] = buyer.look().body["items"]
    assert discount(buyer.change(item["id"], 1)) == 200
    second = buyer.add(for_sale(brand, price=1000))
    assert discount(second) == 300
    assert discount(buyer.remove(second.body["items"][1]["id"])) == 200


def test_an_amount_is_shared_out_over_the_lines_to_the_cent(brand: Brand) -> None:
    Promoter.of(brand).make(code="FIVE", type="fixed", value=[euros(500), {"amount": 600, "currency": "CHF"}])
    buyer = shopper(brand, 999, 1)
    buyer.add(for_sale(brand, price=1999, tax_category="reduced"), 1)
    cart = apply(buyer, "five").body
    assert cart["totals"]["discount"] == euros(500)
    assert [item["line_total"]["amount"] for item in cart["items"]] == [832, 1666]


def test_what_it_is_for_is_found_by_product_and_by_category_and_those_below_it(
    brand: Brand, till: Till
) -> None:
    home = category(brand, "home")
    kitchen = category(brand, "kitchen", home)
    buyer = shopper(brand, 1000, 1, category_ids=(kitchen.id,))
    [bowl] = buyer.look().body["items"]
    buyer.add(for_sale(brand, price=3000), 1)
    staff = Promoter.of(brand)
    staff.make(code="HOME", category_ids=[str(home.id)])
    assert discount(apply(buyer, "HOME")) == 100
    take_out(buyer, "HOME")
    product = buyer.check_out().body["order"]["items"][1]["product_id"]
    staff.make(code="ONE", product_ids=[product])
    assert discount(apply(buyer, "ONE")) == 300
    buyer.remove(buyer.look().body["items"][1]["id"])
    cart = buyer.look().body
    assert [item["id"] for item in cart["items"]] == [bowl["id"]]
    assert (cart["can_checkout"], cart["problems"][0]["code"]) == (False, "promotion_not_applicable")


def test_what_applies_by_itself_needs_no_code(brand: Brand) -> None:
    staff = Promoter.of(brand)
    itself = staff.make(code=None, is_auto_apply=True, name="All autumn", value=5)
    buyer = shopper(brand)
    cart = buyer.look().body
    assert cart["promotions"] == [{"code": None, "name": "All autumn", "discount": euros(200)}]
    staff.make(stackable=True)
    cart = apply(buyer, "TEN").body
    assert [each["code"] for each in cart["promotions"]] == ["TEN"]
    staff.change(itself, stackable=True)
    assert discount(buyer.look()) == 400 + 200 - 20
    staff.change(itself, is_active=False)
    assert discount(buyer.look()) == 400


def test_a_code_that_others_outdo_stays_and_says_so(brand: Brand) -> None:
    staff = Promoter.of(brand)
    staff.make()
    staff.make(code="TWENTY", value=20)
    buyer = shopper(brand)
    apply(buyer, "TWENTY")
    cart = apply(buyer, "TEN").body
    assert (cart["promotion_codes"], discount(buyer.look())) == (["TWENTY", "TEN"], 800)
    assert [(each["code"], each["promotion_code"], each["blocking"]) for each in cart["problems"]] == [
        ("promotion_not_combined", "TEN", False)
    ]
    assert cart["can_checkout"]


LONG_AGO, SOON = "2020-01-01T00:00:00Z", "2199-01-01T00:00:00Z"


@pytest.mark.parametrize(
    ("terms", "status", "code"),
    [
        ({"code": "OTHER"}, 422, "promotion_unknown"),
        ({"is_active": False}, 409, "promotion_inactive"),
        ({"starts_at": SOON}, 409, "promotion_not_started"),
        ({"starts_at": LONG_AGO, "ends_at": "2020-02-01T00:00:00Z"}, 409, "promotion_expired"),
        ({"minimum_amount": euros(4001)}, 409, "promotion_not_applicable"),
        ({"applies_to": "renewals"}, 409, "promotion_not_applicable"),
        ({"plan_ids": ["01932f00-0000-7001-8000-000000000001"]}, 409, "promotion_not_applicable"),
        ({"type": "fixed", "value": {"amount": 500, "currency": "CHF"}}, 409, "promotion_not_applicable"),
        ({"budget": euros(399)}, 409, "promotion_exhausted"),
    ],
)
def test_a_code_that_gives_nothing_is_refused_for_its_reason(
    brand: Brand, terms: dict[str, Any], status: int, code: str
) -> None:
    Promoter.of(brand).make(**terms)
    buyer = shopper(brand)
    answer = apply(buyer, "ten")
    assert (answer.status, answer.code, answer.body["promotion_code"]) == (status, code, "TEN")
    assert buyer.look().body["promotion_codes"] == []
    if "minimum_amount" in terms:
        assert answer.body["minimum"] == euros(4001)


def test_a_code_may_be_typed_before_anything_is_chosen(brand: Brand) -> None:
    Promoter.of(brand).make(minimum_amount=euros(1000))
    buyer = Buyer.of(brand)
    assert apply(buyer, "TEN").status == 201
    assert discount(buyer.add(for_sale(brand, price=1000))) == 100


def test_a_code_that_has_fallen_since_says_why(brand: Brand, at: Clock) -> None:
    Promoter.of(brand).make(ends_at=(at.time + timedelta(minutes=10)).isoformat())
    buyer = shopper(brand)
    assert discount(apply(buyer, "TEN")) == 400
    at.move(minutes=10)
    cart = buyer.look().body
    [problem] = cart["problems"]
    assert (problem["code"], problem["promotion_code"], problem["blocking"]) == (
        "promotion_expired",
        "TEN",
        True,
    )
    assert (cart["can_checkout"], cart["totals"]["discount"]) == (False, euros(0))
    assert take_out(buyer, "TEN").body["can_checkout"]


def test_a_cart_takes_twenty_codes(brand: Brand) -> None:
    staff = Promoter.of(brand)
    buyer = shopper(brand)
    for number in range(21):
        staff.make(code=f"CODE{number}", stackable=True, value=1)
        answer = apply(buyer, f"CODE{number}")
    assert (answer.status, answer.code) == (422, "too_many_promotion_codes")
    assert len(buyer.look().body["promotion_codes"]) == 20


def test_an_order_that_waits_for_its_payment_gives_way(brand: Brand, till: Till) -> None:
    Promoter.of(brand).make()
    buyer = shopper(brand)
    buyer.check_out()
    assert apply(buyer, "TEN").body["order_id"] is None
    assert buyer.check_out().body["order"]["totals"]["discount"] == euros(400)


def test_for_new_customers_only(brand: Brand, till: Till, bus: Bus) -> None:
    Promoter.of(brand).make(new_customers_only=True)
    address = somebody()
    buyer = shopper(brand)
    captured(brand, till, bus, buyer.check_out(email=address))
    again = shopper(brand)
    assert discount(apply(again, "TEN")) == 400
    assert again.check_out(email=address.upper()).code == "promotion_not_applicable"
    assert again.check_out(email=somebody()).status == 201


def test_an_account_uses_its_own_cart_and_what_was_merged_into_it(brand: Brand, till: Till) -> None:
    Promoter.of(brand).make(max_uses_per_user=1)
    ada = Person.member(brand, somebody())
    first, second = shopper(brand, 1000, 1), shopper(brand, 3000, 1)

    def theirs(
        handler: Handler, method: str, path: str, cart_id: str, body: Any = None, **more: str
    ) -> Answer:
        return ada.call(
            handler, method, f"/v1/store/cart/{{cart_id}}{path}", body, more=more, cart_id=cart_id
        )

    assert theirs(apply_promotion, "POST", "/promotions", first.cart_id, {"code": "TEN"}).status == 404
    for guest in (first, second):
        token = {"x-cart-token": guest.token}
        merged = ada.call(
            merge_cart, "POST", "/v1/store/cart/{cart_id}/merge", more=token, cart_id=guest.cart_id
        )
        assert merged.status == 200, merged.body
    for cart_id in (first.cart_id, second.cart_id):
        seen = theirs(apply_promotion, "POST", "/promotions", cart_id, {"code": "TEN"})
        assert (seen.body["id"], discount(seen)) == (first.cart_id, 400)
    assert first.check_out(email=somebody()).status == 201


def test_another_brands_codes_and_carts_are_not_there(brand: Brand, another_brand: Brand) -> None:
    Promoter.of(another_brand).make()
    buyer = shopper(brand)
    assert apply(buyer, "TEN").code == "promotion_unknown"
    stranger = Buyer(another_brand, buyer.cart_id, buyer.token)
    assert apply(stranger, "TEN").code == "cart_not_found"
    bare = call(
        apply_promotion,
        "POST",
        f"/v1/store/cart/{buyer.cart_id}/promotions",
        {"code": "TEN"},
        headers={"x-brand": brand.slug},
        path_params={"cart_id": buyer.cart_id},
    )
    assert (bare.status, bare.code) == (401, "cart_token_missing")


@pytest.mark.parametrize(
    "body", [{}, {"code": ""}, {"code": 5}, {"code": "A" * 65}, {"code": "A", "more": 1}]
)
def test_nonsense_is_refused(brand: Brand, body: dict[str, Any]) -> None:
    buyer = shopper(brand)
    answer = call(
        apply_promotion,
        "POST",
        f"/v1/store/cart/{buyer.cart_id}/promotions",
        body,
        headers=buyer.headers,
        path_params={"cart_id": buyer.cart_id},
    )
    assert (answer.status, answer.code) == (422, "validation_failed")
