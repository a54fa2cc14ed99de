"""Putting units of a variant into a cart."""

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest

from functions.cart.add_item import handler
from shared.identity.permissions import Role
from shared.platform.brands import Brand
from shared.platform.database import close_all
from tests.buyers import Buyer, archive, for_sale, set_price
from tests.gateway import Answer, call
from tests.people import Person
from tests.shop import change
from tests.stock import assert_reconciled, counters
from tests.till import Clock


def test_units_are_put_in_held_and_answered_with_the_whole_cart(brand: Brand) -> None:
    mug = for_sale(brand, 10, price=1999)
    answer = Buyer.of(brand).add(mug, 2)
    assert answer.status == 201
    [line] = answer.body["items"]
    assert (line["variant_id"], line["title"], line["quantity"]) == (str(mug), "Mug", 2)
    assert line["unit_price"] == line["current_price"] == {"amount": 1999, "currency": "EUR"}
    assert line["line_total"] == {"amount": 3998, "currency": "EUR"}
    assert line["available_quantity"] == 10
    totals = answer.body["totals"]
    assert totals["subtotal"] == totals["total"] == {"amount": 3998, "currency": "EUR"}
    assert totals["tax"] == {"amount": 666, "currency": "EUR"}
    assert (answer.body["can_checkout"], answer.body["problems"]) == (True, [])
    assert answer.body["reservation_expires_at"]
    assert counters(brand, mug) == (10, 2)
    assert_reconciled(brand)


def test_the_same_variant_again_grows_its_line_at_the_price_of_the_day(brand: Brand) -> None:
    mug = for_sale(brand, 10, price=1000)
    buyer = Buyer.of(brand)
    first = buyer.add(mug, 2).body["items"][0]
    set_price(brand, mug, 1200)
    [line] = buyer.add(mug, 3).body["items"]
    assert (line["id"], line["quantity"], line["unit_price"]["amount"]) == (first["id"], 5, 1200)
    assert counters(brand, mug) == (10, 5)


def test_too_much_is_refused_with_what_could_still_be_added_and_nothing_is_taken(brand: Brand) -> None:
    mug = for_sale(brand, 5)
    buyer = Buyer.of(brand)
    buyer.add(mug, 3)
    answer = buyer.add(mug, 3)
    assert (answer.status, answer.code, answer.body["available_quantity"]) == (409, "out_of_stock", 2)
    assert answer.body["variant_id"] == str(mug)
    assert counters(brand, mug) == (5, 3)
    assert buyer.look().body["items"][0]["quantity"] == 3
    assert Buyer.of(brand).add(mug, 6).body["available_quantity"] == 2
    assert buyer.add(mug, 2).status == 201


@pytest.mark.parametrize("quantity", [0, -1, 1000, 1.5, "2", None, True, 10**30])
def test_a_quantity_that_no_line_can_have_is_invalid(brand: Brand, quantity: object) -> None:
    mug = for_sale(brand, 5)
    answer = Buyer.of(brand).add(mug, quantity)  # type: ignore[arg-type]
    assert (answer.status, answer.code) == (422, "validation_failed")
    assert answer.body["errors"][0]["field"] == "quantity"


def test_a_line_holds_at_most_999_units_and_a_cart_100_lines(brand: Brand) -> None:
    mug = for_sale(brand, 5000)
    buyer = Buyer.of(brand)
    assert buyer.add(mug, 999).status == 201
    answer = buyer.add(mug, 1)
    assert (answer.status, answer.code) == (422, "quantity_too_large")
    for _ in range(99):
        assert buyer.add(for_sale(brand, 1)).status == 201
    answer = buyer.add(for_sale(brand, 1))
    assert (answer.status, answer.code) == (422, "cart_full")
    assert len(buyer.look().body["items"]) == 100


def test_what_is_not_for_sale_here_is_not_there(brand: Brand, another_brand: Brand) -> None:
    foreign, archived = for_sale(another_brand, 5), for_sale(brand, 5)
    archive(brand, archived)
    buyer = Buyer.of(brand)
    for variant in (foreign, archived, uuid4()):
        answer = buyer.add(variant)
        assert (answer.status, answer.code) == (404, "variant_not_found")


def test_a_variant_may_be_had_for_points_if_it_has_such_a_price_and_shares_its_stock(brand: Brand) -> None:
    mug, reward = for_sale(brand, 5), for_sale(brand, 5, price=1000, points=700)
    buyer = Buyer.of(brand)
    assert buyer.add(mug, pay_with="points").code == "not_priced_in_points"
    buyer.add(reward, 2, pay_with="points")
    cart = buyer.add(reward, 2).body
    assert [(line["pay_with"], line["quantity"], line["unit_points"]) for line in cart["items"]] == [
        ("points", 2, 700),
        ("money", 2, None),
    ]
    assert (cart["totals"]["points"], cart["totals"]["total"]["amount"]) == (1400, 2000)
    assert [problem["code"] for problem in cart["problems"]] == ["mixed_payment"]
    assert [line["available_quantity"] for line in cart["items"]] == [3, 3]
    assert counters(brand, reward) == (5, 4)
    assert buyer.add(reward, 2).body["available_quantity"] == 1


def test_what_has_no_price_in_the_carts_currency_or_is_for_members_is_refused(brand: Brand) -> None:
    buyer = Buyer.of(brand)
    assert buyer.add(for_sale(brand, 5, currency="CHF")).code == "not_priced_in_currency"
    answer = buyer.add(for_sale(brand, 5, min_level="ambassador"))
    assert (answer.status, answer.code) == (403, "level_required")


def test_activity_renews_what_the_cart_holds_and_takes_again_what_had_run_out(
    brand: Brand, at: Clock
) -> None:
    mug, plate, spoon = (for_sale(brand, 2, title=title) for title in ("Mug", "Plate", "Spoon"))
    buyer, rival = Buyer.of(brand), Buyer.of(brand)
    buyer.add(mug, 2)
    at.move(minutes=20)
    buyer.add(plate, 2)
    at.move(minutes=20)
    assert rival.add(mug, 1).body["available_quantity"] == 0
    at.move(minutes=11)
    assert rival.add(mug, 1).status == 201
    cart = buyer.add(spoon, 1).body
    held = {line["title"]: line["available_quantity"] for line in cart["items"]}
    assert held == {"Mug": 1, "Plate": 2, "Spoon": 2}
    assert [problem["code"] for problem in cart["problems"]] == ["out_of_stock"]
    assert rival.add(plate, 1).body["available_quantity"] == 0
    assert_reconciled(brand)


def test_one_cart_changed_by_many_requests_at_once_counts_each_of_them(brand: Brand) -> None:
    mug = for_sale(brand, 100)
    buyer = Buyer.of(brand)

    def add(_: int) -> Answer:
        try:
            return buyer.add(mug, 1)
        finally:
            close_all()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(add, range(24)))
    assert {answer.status for answer in answers} == {201}
    assert buyer.look().body["items"][0]["quantity"] == 24
    assert counters(brand, mug) == (100, 24)
    assert_reconciled(brand)


def test_buyers_of_the_same_things_in_another_order_never_block_each_other_for_good(brand: Brand) -> None:
    things = [for_sale(brand, 100) for _ in range(4)]

    def fill(index: int) -> set[int]:
        try:
            buyer = Buyer.of(brand)
            order = things if index % 2 else things[::-1]
            return {buyer.add(thing, 1).status for thing in order}
        finally:
            close_all()

    with ThreadPoolExecutor(6) as pool:
        statuses = set().union(*pool.map(fill, range(12)))
    assert statuses == {201}
    assert_reconciled(brand)


@pytest.mark.usefixtures("issuer")
def test_what_is_for_a_level_is_for_those_who_have_it_and_show_who_they_are(
    brand: Brand, another_brand: Brand
) -> None:
    ring = for_sale(brand, 9, min_level="protecteur")
    buyer = Buyer.of(brand)

    def add(**shown: str) -> Answer:
        return call(
            handler,
            "POST",
            f"/v1/store/cart/{buyer.cart_id}/items",
            {"variant_id": str(ring), "quantity": 1},
            headers=buyer.headers | shown,
            path_params={"cart_id": buyer.cart_id},
        )

    ada, boss = Person.member(brand), Person.staff(brand, Role.ADMIN)
    bearer = {"authorization": f"Bearer {ada.token}"}
    assert add().code == add(**bearer).code == "level_required"
    assert add(**bearer).body["level"] == "protecteur"
    assert add(authorization=f"Bearer {boss.token}").code == "level_required"
    for level in ("protecteur", "ambassadeur"):
        change(brand, "UPDATE identity.customers SET level = %(level)s", level=level)
        assert add(**bearer).status == 201
    assert add().code == "level_required"
    stranger = Person.member(another_brand)
    assert add(authorization=f"Bearer {stranger.token}").status == 401
    assert add(authorization="Bearer nonsense").code == "token_invalid"
    assert buyer.add(for_sale(brand, 5)).status == 201
