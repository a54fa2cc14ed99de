"""POST /v1/store/cart/{cart_id}/merge: a guest's cart becomes the account's, with what is held for it."""

from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from functions.cart.add_item import handler as add_item
from functions.cart.create_cart import handler as create_cart
from functions.cart.get_cart import handler as get_cart
from functions.cart.merge_cart import handler
from functions.checkout.check_out import handler as check_out
from shared.platform.brands import Brand
from tests.accounts import headers
from tests.buyers import Buyer, archive, for_sale, set_price
from tests.functions.cart.merging import guest_with, lines, look, merge
from tests.gateway import Answer, Bus, call
from tests.leavers import left, steps
from tests.people import Person, rows
from tests.stock import assert_reconciled, counters
from tests.till import Clock

pytestmark = pytest.mark.usefixtures("issuer", "bus", "till")


def test_the_first_cart_of_an_account_is_the_guest_s_own(brand: Brand, bus: Bus) -> None:
    mug = for_sale(brand)
    ada, guest = Person.member(brand), guest_with(brand, (mug, 2))
    answer = merge(ada, guest)
    assert (answer.status, answer.body["id"], answer.body["changes"]) == (200, guest.cart_id, [])
    assert lines(answer) == {str(mug): 2}
    # The account is let in without the cart's token, and so is who has it.
    assert look(ada, guest.cart_id).body["items"] == guest.look().body["items"]
    bus.relay()
    [fact] = bus.of("cart.merged")
    assert fact["data"]["customer_id"] == str(ada.customer_id)


def test_a_second_guest_s_cart_goes_into_the_first(brand: Brand) -> None:
    mug, plate, spoon = for_sale(brand, 10), for_sale(brand, 10), for_sale(brand, 10)
    ada, first = Person.member(brand), guest_with(brand, (mug, 2), (plate, 1))
    merge(ada, first)
    second = guest_with(brand, (mug, 3), (spoon, 4))
    answer = merge(ada, second)
    assert answer.body["id"] == first.cart_id
    assert lines(answer) == {str(mug): 5, str(plate): 1, str(spoon): 4}
    assert answer.body["changes"] == []
    assert [counters(brand, each) for each in (mug, plate, spoon)] == [(10, 5), (10, 1), (10, 4)]
    # Its token opens nothing any more; its name leads its owner to where its lines are.
    assert second.look().status == 404
    assert look(ada, second.cart_id).body["id"] == first.cart_id
    assert lines(first.look()) == lines(answer)
    assert_reconciled(brand)


def test_the_sum_is_capped_by_stock_and_no_unit_is_lost_or_held_twice(brand: Brand) -> None:
    mug, plate = for_sale(brand, 4), for_sale(brand, 2)
    ada, first, second = (
        Person.member(brand),
        guest_with(brand, (mug, 3)),
        guest_with(brand, (mug, 1), (plate, 2)),
    )
    with_all = guest_with(brand)
    merge(ada, first)
    answer = merge(ada, second)
    assert lines(answer) == {str(mug): 4, str(plate): 2}
    assert (counters(brand, mug), counters(brand, plate)) == ((4, 4), (2, 2))
    assert with_all.add(mug).code == "out_of_stock"
    rows(brand, "UPDATE cart.cart_items SET quantity = 3 WHERE variant_id = %(id)s RETURNING id", id=mug)
    assert_reconciled(brand)


def test_what_there_is_no_stock_for_is_said(brand: Brand, at: Clock) -> None:
    mug, plate = for_sale(brand, 4, title="Mug"), for_sale(brand, 2, title="Plate")
    ada, first, second = (
        Person.member(brand),
        guest_with(brand, (mug, 3)),
        guest_with(brand, (mug, 1), (plate, 2)),
    )
    merge(ada, first)
    at.move(minutes=31)
    rival = guest_with(brand, (plate, 2))
    rival.add(mug, 1)
    answer = merge(replace(ada, token=ada.again()), second)
    assert lines(answer) == {str(mug): 3}
    said = {
        each["title"]: (each["code"], each["wanted_quantity"], each["quantity"])
        for each in answer.body["changes"]
    }
    assert said == {"Mug": ("reduced", 4, 3), "Plate": ("gone", 2, 0)}
    assert (counters(brand, mug), counters(brand, plate)) == ((4, 4), (2, 2))
    assert_reconciled(brand)


def test_a_line_that_grows_has_the_price_of_the_day_and_what_is_not_sold_is_left(brand: Brand) -> None:
    mug, gone = for_sale(brand, 10, price=1000), for_sale(brand, 10)
    ada, first, second = (
        Person.member(brand),
        guest_with(brand, (mug, 1)),
        guest_with(brand, (mug, 1), (gone, 1)),
    )
    merge(ada, first)
    set_price(brand, mug, 1200)
    archive(brand, gone)
    answer = merge(ada, second)
    [line] = answer.body["items"]
    assert (line["quantity"], line["unit_price"]["amount"]) == (2, 1200)
    assert [change["code"] for change in answer.body["changes"]] == ["gone"]
    assert counters(brand, gone) == (10, 0)


def test_at_most_999_of_a_line(brand: Brand) -> None:
    mug = for_sale(brand, 3000)
    ada, first, second = Person.member(brand), guest_with(brand, (mug, 600)), guest_with(brand, (mug, 600))
    merge(ada, first)
    answer = merge(ada, second)
    assert lines(answer) == {str(mug): 999}
    assert [(each["code"], each["quantity"]) for each in answer.body["changes"]] == [("reduced", 999)]
    assert counters(brand, mug) == (3000, 999)


def test_carts_of_other_people_and_brands_are_not_there(brand: Brand, another_brand: Brand) -> None:
    mug = for_sale(brand)
    ada, bob, guest = Person.member(brand), Person.member(brand), guest_with(brand, (mug, 1))
    foreign = Person.member(another_brand)
    assert merge(ada, guest, **{"x-cart-token": "x" * 43}).code == "cart_not_found"
    assert merge(ada, guest, **{"x-cart-token": ""}).code == "cart_token_missing"
    assert merge(ada, Buyer(brand, str(uuid4()), guest.token)).code == "cart_not_found"
    assert merge(foreign, guest).code == "cart_not_found"
    merge(ada, guest)
    assert merge(bob, guest).code == "cart_not_found"
    assert look(bob, guest.cart_id).code == "cart_not_found"
    without = call(
        handler,
        "POST",
        f"/v1/store/cart/{guest.cart_id}/merge",
        headers=guest.headers,
        path_params={"cart_id": guest.cart_id},
    )
    assert without.status == 401


def test_another_currency_is_another_cart(brand: Brand) -> None:
    rows(
        brand, """UPDATE platform.brands SET settings = settings || '{"currencies": ["CHF"]}' RETURNING id"""
    )
    from shared.platform import brands

    brands.forget()
    ada, euros, francs = Person.member(brand), Buyer.of(brand), Buyer.of(brand, currency="CHF")
    assert {merge(ada, euros).body["id"], merge(ada, francs).body["id"]} == {euros.cart_id, francs.cart_id}


def test_reminders_of_a_merged_cart_end(brand: Brand, at: Clock) -> None:
    guest, ada = left(brand, at), Person.member(brand)
    merge(ada, guest_with(brand, (for_sale(brand), 1)))
    merge(ada, guest)
    assert set(steps(brand, guest)) == {"merged"}


def test_an_account_starts_fills_and_checks_out_its_cart_without_a_cart_token(brand: Brand) -> None:
    ada, mug = Person.member(brand), for_sale(brand)
    sent = headers(brand, ada.token)
    cart = call(create_cart, "POST", "/v1/store/cart", {}, headers=sent).body
    path = {"cart_id": cart["id"]}
    filled = call(
        add_item,
        "POST",
        f"/v1/store/cart/{cart['id']}/items",
        {"variant_id": str(mug), "quantity": 1},
        headers=sent,
        path_params=path,
    )
    assert filled.status == 201
    wish: dict[str, Any] = Buyer(brand, cart["id"], "").wish()
    answer = call(
        check_out, "POST", "/v1/store/checkout", wish, headers=sent | {"idempotency-key": uuid4().hex}
    )
    assert answer.status == 201, answer.body


def test_an_account_s_cart_is_open_to_it_whatever_cart_token_its_browser_still_shows(brand: Brand) -> None:
    ada, bob, mug = Person.member(brand), Person.member(brand), for_sale(brand)
    mine, other = guest_with(brand, (mug, 1)), guest_with(brand)
    merge(ada, mine)
    path = {"cart_id": mine.cart_id}

    def look_with(token: str, cart_token: str) -> Answer:
        sent = headers(brand, token) | {"x-cart-token": cart_token}
        return call(get_cart, "GET", f"/v1/store/cart/{mine.cart_id}", headers=sent, path_params=path)

    assert look_with(ada.token, other.token).body["id"] == mine.cart_id
    assert look_with(ada.token, "x" * 43).body["id"] == mine.cart_id
    assert look_with(bob.token, other.token).code == "cart_not_found"
    assert look_with("no.token.at.all", other.token).code == "cart_not_found"
    assert look_with("no.token.at.all", mine.token).status == 200
    unsigned = call(
        get_cart,
        "GET",
        f"/v1/store/cart/{mine.cart_id}",
        headers=headers(brand, "no.token.at.all"),
        path_params=path,
    )
    assert (unsigned.status, unsigned.code) == (401, "cart_token_missing")
    odd = call(
        get_cart, "GET", "/v1/store/cart/x", headers=headers(brand, ada.token), path_params={"cart_id": "x"}
    )
    assert odd.status in (404, 422)
