"""POST /v1/store/cart/recover: the link of a reminder opens the cart, once."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from functions.cart.recover_cart import handler
from shared.platform.brands import Brand
from shared.platform.database import close_all
from tests.buyers import Buyer, archive, captured, for_sale, set_price
from tests.gateway import Answer, Bus, call
from tests.killing import DieAt, Killed
from tests.leavers import left, send, steps
from tests.mailbox import mails
from tests.people import rows
from tests.stock import assert_reconciled, counters
from tests.till import Clock, Till

PATH = "/v1/store/cart/recover"
pytestmark = pytest.mark.usefixtures("issuer", "bus", "till")


def recover(brand: Brand, token: Any) -> Answer:
    return call(handler, "POST", PATH, {"token": token}, headers={"x-brand": brand.slug})


def reminded(brand: Brand, at: Clock, **goods: Any) -> tuple[Buyer, str]:
    """Somebody who has left a cart and been reminded of it, and the token of their link."""
    buyer = left(brand, at, **goods)
    at.move(minutes=30)
    send()
    return buyer, mails(brand)[-1].token


def variant_of(buyer: Buyer) -> Any:
    return buyer.look().body["items"][0]["variant_id"]


def test_the_link_gives_the_cart_back_under_a_new_token_with_its_stock_held(
    brand: Brand, at: Clock, bus: Bus
) -> None:
    buyer, token = reminded(brand, at, units=2)
    mug = variant_of(buyer)
    answer = recover(brand, token)
    assert answer.status == 200
    cart = answer.body
    assert (cart["id"], cart["status"], cart["changes"]) == (buyer.cart_id, "active", [])
    assert cart["reservation_expires_at"]
    assert counters(brand, mug) == (10, 2)
    again = Buyer(brand, cart["id"], cart["token"])
    assert again.look().status == 200
    assert buyer.look().status == 404
    bus.relay()
    [fact] = bus.of("cart.recovered")
    assert (fact["data"]["cart_id"], fact["data"]["step"]) == (buyer.cart_id, 1)
    assert steps(brand, again) == ["sent", "recovered", "recovered"]
    assert_reconciled(brand)


def test_a_link_works_once(brand: Brand, at: Clock) -> None:
    _, token = reminded(brand, at)
    assert recover(brand, token).status == 200
    answer = recover(brand, token)
    assert (answer.status, answer.code) == (409, "recovery_link_used")


def test_each_step_has_its_own_link(brand: Brand, at: Clock) -> None:
    _, first = reminded(brand, at)
    at.move(days=1)
    send()
    second = mails(brand)[-1].token
    assert second != first
    assert recover(brand, first).status == recover(brand, second).status == 200


def test_two_clicks_at_once_open_it_once(brand: Brand, at: Clock) -> None:
    _, token = reminded(brand, at)

    def click(_: int) -> int:
        try:
            return recover(brand, token).status
        finally:
            close_all()

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(click, range(4))) == [200, 409, 409, 409]


def test_a_function_that_is_killed_leaves_the_link_unspent(brand: Brand, at: Clock, die_at: DieAt) -> None:
    buyer, token = reminded(brand, at)
    die_at("before_commit")
    with pytest.raises(Killed):
        recover(brand, token)
    assert buyer.look().body["status"] == "abandoned"
    assert recover(brand, token).status == 200


def test_what_is_gone_or_has_changed_is_said(brand: Brand, at: Clock) -> None:
    buyer = Buyer.of(brand, email="lea@example.com")
    archived, sold, fewer, dearer = (for_sale(brand, 5, title=name) for name in ("Pot", "Cup", "Fork", "Mug"))
    for variant in (archived, sold, fewer, dearer):
        buyer.add(variant, 3)
    from tests.leavers import scan

    at.move(minutes=61)
    scan()
    at.move(minutes=30)
    send()
    archive(brand, archived)
    Buyer.of(brand).add(sold, 5)
    Buyer.of(brand).add(fewer, 3)
    set_price(brand, dearer, 9900)
    cart = recover(brand, mails(brand)[-1].token).body
    said = {
        change["title"]: (change["code"], change["wanted_quantity"], change["quantity"])
        for change in cart["changes"]
    }
    assert said == {
        "Pot": ("gone", 3, 0),
        "Cup": ("gone", 3, 0),
        "Fork": ("reduced", 3, 2),
        "Mug": ("price_changed", 3, 3),
    }
    # What is left is held; the lines themselves wait for their buyer to change them.
    assert [line["quantity"] for line in cart["items"]] == [3, 3, 3, 3]
    assert (counters(brand, fewer), counters(brand, sold)) == ((5, 5), (5, 5))
    assert cart["can_checkout"] is False
    assert_reconciled(brand)


@pytest.mark.parametrize("token", ["x" * 43, "é", "x" * 200])
def test_a_token_that_is_none_of_ours_opens_nothing(brand: Brand, token: str) -> None:
    answer = recover(brand, token)
    assert (answer.status, answer.code) == (404, "recovery_link_invalid")


def test_a_link_ends_and_is_one_brand_s(brand: Brand, another_brand: Brand, at: Clock) -> None:
    _, token = reminded(brand, at)
    assert recover(another_brand, token).code == "recovery_link_invalid"
    at.move(days=14)
    assert recover(brand, token).code == "recovery_link_invalid"


def test_a_cart_that_was_bought_is_not_opened_again(brand: Brand, at: Clock, till: Till, bus: Bus) -> None:
    buyer, token = reminded(brand, at)
    captured(brand, till, bus, buyer.check_out())
    assert recover(brand, token).code == "cart_closed"


def test_an_order_of_a_recovered_cart_says_so(brand: Brand, at: Clock, till: Till, bus: Bus) -> None:
    _, token = reminded(brand, at)
    cart = recover(brand, token).body
    captured(brand, till, bus, Buyer(brand, cart["id"], cart["token"]).check_out())
    bus.relay()
    [fact] = bus.of("cart.converted")
    assert (fact["data"]["recovered_step"], fact["data"]["abandoned"]) == (1, True)
    [noted] = rows(brand, "SELECT paid_amount FROM cart.carts WHERE status = 'converted'")
    assert noted.paid_amount == fact["data"]["total"]["amount"]
