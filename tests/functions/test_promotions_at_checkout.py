"""Promotions from the cart to the order: what was seen is what is charged, and no code serves more often than it may."""

from typing import Any
from uuid import uuid4

import pytest

from functions.billing.check_promotion import handler as check_promotion
from functions.checkout.check_out import handler as check_out
from functions.checkout.list_shipping_options import handler as list_shipping_options
from functions.checkout.preview_checkout import handler as preview_checkout
from functions.orders.on_order_paid import handler as on_order_paid
from shared.platform.brands import Brand
from tests.accounts import customer_account, session_of
from tests.buyers import BRUSSELS, PARIS, deliver, for_sale
from tests.gateway import Answer, Bus, call
from tests.killing import DieAt, Killed
from tests.people import rows
from tests.promoting import Promoter, apply, counted, discount, euros, shopper, somebody
from tests.stock import counters
from tests.till import Clock, Till

pytestmark = pytest.mark.usefixtures("issuer", "till")


def test_cart_preview_and_checkout_say_the_same_for_every_kind_and_place(brand: Brand) -> None:
    staff = Promoter.of(brand)
    staff.make(code=None, is_auto_apply=True, stackable=True, value=3.5, name="Autumn")
    staff.make(stackable=True)
    staff.make(code="FIVE", type="fixed", value=euros(777), stackable=True)
    staff.make(code="HALF", value=50)
    mug = for_sale(brand, 50, price=1999)
    book = for_sale(brand, 50, price=1351, title="Book", tax_category="reduced")
    for codes in (["TEN"], ["FIVE", "TEN"], ["HALF"], []):
        for address in (PARIS, BRUSSELS, PARIS | {"country": "CH", "postcode": "1200"}):
            buyer = shopper(brand, mug, mug, book)
            for code in codes:
                apply(buyer, code)
            cart = buyer.look()
            preview = buyer.preview(shipping_address=address).body
            order = buyer.check_out(shipping_address=address).body["order"]
            assert (order["totals"], order["tax_lines"]) == (preview["totals"], preview["tax_lines"])
            assert sorted(order["promotion_codes"]) == sorted(codes)
            assert preview["promotions"] == cart.body["promotions"]
            off = order["totals"]["discount"]["amount"]
            assert sum(item["discount"]["amount"] for item in order["items"]) == off
            if address["country"] != "CH":
                assert (
                    off == discount(cart) == sum(each["discount"]["amount"] for each in preview["promotions"])
                )
            paid = sum(item["line_total"]["amount"] for item in order["items"])
            shipped = order["totals"]["shipping"]["amount"]
            assert paid + shipped == order["totals"]["total"]["amount"]


def test_shipping_is_offered_at_what_it_costs_after_the_discount(brand: Brand) -> None:
    Promoter.of(brand).make()
    buyer = shopper(brand, price=6000)

    def offered() -> Any:
        return call(
            list_shipping_options,
            "GET",
            "/v1/store/shipping-options",
            headers=buyer.headers,
            query={"country": "FR", "cart_id": buyer.cart_id},
        ).body["data"]

    def standard() -> Any:
        return next(each["price"] for each in offered() if each["id"] == "standard")

    assert standard() == euros(0)
    apply(buyer, "TEN")
    assert standard() == buyer.preview().body["totals"]["shipping"] != euros(0)


def test_what_is_used_is_logged_with_the_order(brand: Brand) -> None:
    staff = Promoter.of(brand)
    ten, itself = staff.make(stackable=True), staff.make(code=None, is_auto_apply=True, stackable=True)
    order = shopper(brand).check_out(promotion_codes=["ten"], email="Lea@Example.com").body["order"]
    log = rows(brand, "SELECT * FROM billing.promotion_uses ORDER BY promotion_id")
    assert [(str(row.promotion_id), row.code, row.amount, row.email_key) for row in log] == [
        (ten["id"], "TEN", 200, "lea@example.com"),
        (itself["id"], None, 180, "lea@example.com"),
    ]
    assert {str(row.order_id) for row in log} == {order["id"]}
    assert (staff.seen(ten)["current_uses"], staff.seen(ten)["given"]) == (1, [euros(200)])


def test_a_code_that_has_fallen_since_the_cart_is_refused_with_the_new_totals(brand: Brand) -> None:
    staff = Promoter.of(brand)
    ten = staff.make()
    buyer = shopper(brand)
    apply(buyer, "TEN")
    promised = buyer.preview().body["totals"]
    staff.change(ten, is_active=False)
    preview = buyer.preview().body
    assert [each["code"] for each in preview["problems"]] == ["promotion_inactive"]
    refused = buyer.check_out()
    assert (refused.status, refused.code, refused.body["promotion_code"]) == (
        409,
        "promotion_inactive",
        "TEN",
    )
    assert refused.body["totals"] == preview["totals"] != promised
    assert rows(brand, "SELECT id FROM orders.orders") == []


def test_each_refusal_of_a_code_at_the_checkout_names_it(brand: Brand) -> None:
    staff = Promoter.of(brand)
    staff.make(code="ONCE", max_uses=1)
    staff.make(code="MINE", max_uses_per_user=1)
    assert shopper(brand).check_out(promotion_codes=["ONCE"]).status == 201
    assert shopper(brand).check_out(promotion_codes=["MINE"]).status == 201
    for code, problem in (
        ("once", "promotion_exhausted"),
        ("mine", "promotion_already_used"),
        ("not a code!", "promotion_unknown"),
    ):
        answer = shopper(brand).check_out(promotion_codes=[code])
        assert (answer.code, answer.body["promotion_code"].lower()) == (problem, code)
    assert shopper(brand).check_out(promotion_codes=["MINE"], email=somebody()).status == 201


def test_a_checkout_that_is_sent_twice_uses_a_code_once(brand: Brand) -> None:
    ten = Promoter.of(brand).make(max_uses=5)
    buyer, key = shopper(brand), uuid4().hex
    first = buyer.check_out(key, promotion_codes=["TEN"])
    again = buyer.check_out(key, promotion_codes=["TEN"])
    assert (again.status, again.body) == (201, first.body)
    assert counted(brand, ten) == (1, 1, 1)


# What costs nothing reaches nobody.
@pytest.mark.parametrize(
    ("code", "place"),
    [
        *(("TEN", place) for place in ("before_commit", "after_commit", "after_reach", "before_settle")),
        *(("ALL", place) for place in ("before_commit", "after_commit")),
    ],
)
def test_a_checkout_that_is_killed_and_sent_again_uses_a_code_once(
    brand: Brand, at: Clock, die_at: DieAt, code: str, place: str
) -> None:
    promotion = Promoter.of(brand).make(code=code, value=10 if code == "TEN" else 100, max_uses=1)
    buyer = shopper(brand, for_sale(brand, price=1000, kind="digital"))
    wish: dict[str, Any] = {"promotion_codes": [code], "shipping_option_id": None}
    die_at(place)
    with pytest.raises(Killed):
        buyer.check_out("key", **wish)
    at.move(seconds=5)
    answer = buyer.check_out("key", **wish)
    assert answer.status == 201, answer.body
    assert counted(brand, promotion) == (1, 1, 1)


def test_a_signed_in_buyer_is_one_buyer_under_every_address(brand: Brand) -> None:
    Promoter.of(brand).make(max_uses_per_user=1)
    token = session_of(brand, customer_account(brand)).access_token

    def buy() -> Answer:
        buyer = shopper(brand)
        sent = buyer.headers | {"idempotency-key": uuid4().hex, "authorization": f"Bearer {token}"}
        wish = buyer.wish(email=somebody(), promotion_codes=["TEN"])
        return call(check_out, "POST", "/v1/store/checkout", wish, headers=sent)

    assert buy().status == 201
    assert buy().code == "promotion_already_used"
    buyer = shopper(brand)
    sent = buyer.headers | {"authorization": f"Bearer {token}"}
    wish = buyer.wish(email=somebody(), promotion_codes=["TEN"])
    seen = call(preview_checkout, "POST", "/v1/store/checkout/preview", wish, headers=sent)
    assert [each["code"] for each in seen.body["problems"]] == ["promotion_already_used"]
    asked = {"code": "TEN", "cart_id": buyer.cart_id}
    checked = call(check_promotion, "POST", "/v1/store/promotions/check", asked, headers=sent)
    assert checked.body["reason"] == "already_used"


def test_an_order_that_costs_nothing_is_paid_at_once(brand: Brand, till: Till, bus: Bus) -> None:
    ten = Promoter.of(brand).make(code="ALL", value=100, max_uses=1)
    mug = for_sale(brand, 5, price=1000, kind="digital")
    buyer = shopper(brand, mug)
    key = uuid4().hex
    answer = buyer.check_out(key, promotion_codes=["ALL"], shipping_option_id=None)
    assert (answer.status, answer.body["payment"]) == (201, None)
    assert buyer.check_out(key, promotion_codes=["ALL"], shipping_option_id=None).body == answer.body
    assert buyer.check_out(promotion_codes=["ALL"], shipping_option_id=None).code == "cart_closed"
    assert (answer.body["order"]["status"], answer.body["order"]["totals"]["total"]) == ("paid", euros(0))
    assert (answer.body["order"]["payments"], till.intents) == ([], {})
    assert counters(brand, mug) == (4, 0)
    assert buyer.look().body["status"] == "converted"
    assert deliver(bus, on_order_paid, "order.paid") == {"batchItemFailures": []}
    assert counted(brand, ten) == (1, 1, 1)
