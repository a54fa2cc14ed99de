"""Looking at a cart."""

from uuid import uuid4

from functions.cart.get_cart import handler
from shared.platform.brands import Brand
from tests.buyers import Buyer, archive, for_sale, set_price
from tests.gateway import call
from tests.till import Clock


def test_a_cart_shows_what_it_was_filled_with(brand: Brand) -> None:
    mug, plate = for_sale(brand, 10, price=1999), for_sale(brand, 5, price=500, title="Plate")
    buyer = Buyer.of(brand)
    buyer.add(mug, 2)
    filled = buyer.add(plate, 1).body
    assert buyer.look().body == filled
    assert [line["title"] for line in filled["items"]] == ["Mug", "Plate"]
    assert filled["totals"]["total"]["amount"] == 4498


def test_without_its_token_a_cart_is_closed_and_with_a_wrong_one_it_is_not_there(
    brand: Brand, another_brand: Brand
) -> None:
    buyer, other = Buyer.of(brand), Buyer.of(brand)

    def look(cart_id: str, headers: dict[str, str]) -> tuple[int, str]:
        path = f"/v1/store/cart/{cart_id}"
        answer = call(handler, "GET", path, headers=headers, path_params={"cart_id": cart_id})
        return answer.status, answer.code

    assert look(buyer.cart_id, {"x-brand": brand.slug}) == (401, "cart_token_missing")
    assert look(buyer.cart_id, other.headers) == (404, "cart_not_found")
    assert look(str(uuid4()), buyer.headers) == (404, "cart_not_found")
    assert look(buyer.cart_id, buyer.headers | {"x-cart-token": "é" * 50}) == (404, "cart_not_found")
    assert look(buyer.cart_id, buyer.headers | {"x-brand": another_brand.slug}) == (404, "cart_not_found")


def test_a_changed_price_is_said_and_the_agreed_one_stays(brand: Brand) -> None:
    mug = for_sale(brand, 10, price=1000)
    buyer = Buyer.of(brand)
    buyer.add(mug, 2)
    set_price(brand, mug, 1500)
    cart = buyer.look().body
    [line] = cart["items"]
    assert (line["unit_price"]["amount"], line["current_price"]["amount"]) == (1000, 1500)
    assert cart["totals"]["total"]["amount"] == 2000
    assert [(problem["code"], problem["blocking"]) for problem in cart["problems"]] == [
        ("price_changed", False)
    ]
    assert cart["can_checkout"] is True


def test_what_is_no_longer_for_sale_stands_in_the_way(brand: Brand) -> None:
    mug = for_sale(brand, 10)
    buyer = Buyer.of(brand)
    item = buyer.add(mug).body["items"][0]
    archive(brand, mug)
    cart = buyer.look().body
    assert [(problem["code"], problem["item_id"]) for problem in cart["problems"]] == [
        ("not_for_sale", item["id"])
    ]
    assert cart["can_checkout"] is False
    assert cart["items"][0]["current_price"] is None


def test_a_hold_that_ran_out_is_said_by_its_absence_and_is_no_problem_while_the_stock_is_there(
    brand: Brand, at: Clock
) -> None:
    mug = for_sale(brand, 2)
    buyer = Buyer.of(brand)
    buyer.add(mug, 2)
    at.move(minutes=31)
    cart = buyer.look().body
    assert cart["reservation_expires_at"] is None
    assert cart["items"][0]["available_quantity"] == 2
    assert cart["can_checkout"] is True
    assert Buyer.of(brand).add(mug, 1).status == 201
    cart = buyer.look().body
    assert cart["items"][0]["available_quantity"] == 1
    assert [problem["code"] for problem in cart["problems"]] == ["out_of_stock"]
    assert cart["can_checkout"] is False
