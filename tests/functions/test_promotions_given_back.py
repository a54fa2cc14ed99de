"""What becomes of a use: kept by who pays and by refunds, given back when nothing comes of its order."""

from uuid import uuid4

import pytest

from functions.orders.cancel_order import handler as cancel_order
from functions.orders.cancel_unpaid_orders import handler as cancel_unpaid_orders
from functions.orders.refund_order import handler as refund_order
from shared.identity.permissions import Role
from shared.platform.brands import Brand
from tests.buyers import BRUSSELS, EMAIL, Buyer, captured, for_sale, order_of
from tests.gateway import Bus
from tests.people import rows
from tests.promoting import Promoter, apply, counted, discount, euros, shopper
from tests.till import Clock, Till

pytestmark = pytest.mark.usefixtures("issuer", "till")


def test_an_unpaid_order_that_ends_gives_its_use_back(brand: Brand, at: Clock) -> None:
    staff = Promoter.of(brand)
    ten = staff.make(max_uses=1, max_uses_per_user=1, budget=euros(200))
    buyer = shopper(brand)
    assert buyer.check_out(promotion_codes=["TEN"]).status == 201
    assert shopper(brand).check_out(promotion_codes=["TEN"]).status == 409
    at.move(minutes=46)
    cancel_unpaid_orders({}, None)
    assert counted(brand, ten) == (0, 0, 1)
    assert shopper(brand).check_out(promotion_codes=["TEN"]).status == 201
    assert counted(brand, ten) == (1, 1, 2)


def test_whoever_checks_out_again_does_not_stand_in_their_own_way(brand: Brand, till: Till) -> None:
    ten = Promoter.of(brand).make(max_uses=1, max_uses_per_user=1, budget=euros(200))
    buyer = shopper(brand)
    apply(buyer, "TEN")
    first = buyer.check_out().body
    assert buyer.look().body["can_checkout"]
    assert buyer.check_out().body["order"]["id"] == first["order"]["id"]
    second = buyer.check_out(shipping_address=BRUSSELS)
    assert (second.status, discount(second)) == (201, 200)
    assert second.body["order"]["id"] != first["order"]["id"]
    assert counted(brand, ten) == (1, 1, 2)


def test_a_checkout_that_is_refused_uses_nothing(brand: Brand) -> None:
    ten = Promoter.of(brand).make(max_uses=5)
    mug = for_sale(brand, 1)
    first, second = shopper(brand, mug), Buyer.of(brand)
    assert first.check_out(promotion_codes=["TEN"], gateway="points").status == 422
    second.add(for_sale(brand))
    assert second.check_out(promotion_codes=["TEN"], shipping_option_id="nowhere").status == 422
    assert counted(brand, ten) == (0, 0, 0)


def test_paying_keeps_the_use_and_makes_the_buyer_known(brand: Brand, till: Till, bus: Bus) -> None:
    ten = Promoter.of(brand).make(max_uses=2)
    checked_out = shopper(brand).check_out(promotion_codes=["TEN"])
    captured(brand, till, bus, checked_out)
    assert order_of(brand, checked_out.body["order"]["id"]).status == "paid"
    assert counted(brand, ten) == (1, 1, 1)
    [known] = rows(brand, "SELECT buyer FROM billing.known_buyers")
    assert known.buyer == f"email {EMAIL}"


def test_a_paid_order_that_staff_cancel_gives_its_use_back_and_a_refund_none(
    brand: Brand, till: Till, bus: Bus
) -> None:
    staff = Promoter.of(brand, Role.ADMIN)
    ten, everything = staff.make(max_uses=5), staff.make(code="ALL", value=100, max_uses=5)
    for code, promotion in (("TEN", ten), ("ALL", everything)):
        buyer = shopper(brand, for_sale(brand, price=1000, kind="digital"))
        checked_out = buyer.check_out(promotion_codes=[code], shipping_option_id=None)
        if code == "TEN":
            captured(brand, till, bus, checked_out)
        order = checked_out.body["order"]["id"]
        if code == "TEN":
            asked = {"amount": euros(100), "reason": "test", "restock": False}
            path = "/v1/admin/orders/{order_id}/refunds"
            more = {"idempotency-key": uuid4().hex}
            refunded = staff.person.call(refund_order, "POST", path, asked, more=more, order_id=order)
            assert refunded.status == 201
            assert counted(brand, promotion) == (1, 1, 1)
        path = "/v1/admin/orders/{order_id}/cancel"
        answer = staff.person.call(cancel_order, "POST", path, {}, order_id=order)
        assert (answer.status, answer.body["status"]) == (200, "cancelled"), answer.body
        assert counted(brand, promotion) == (0, 0, 1)
