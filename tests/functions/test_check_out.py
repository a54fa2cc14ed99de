"""Checking out: one order and one payment, whatever happens on the way."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event
from typing import Any
from uuid import UUID, uuid4

import pytest

from functions.checkout.check_out import handler as check_out
from functions.orders.on_order_cancelled import handler as on_order_cancelled
from shared.billing import stripe
from shared.platform import clock, steps
from shared.platform.brands import Brand
from shared.platform.database import close_all
from shared.platform.work import begin
from tests.buyers import BRUSSELS, EMAIL, PARIS, Buyer, archive, deliver, for_sale, order_of
from tests.gateway import Answer, Bus, call
from tests.killing import Killed
from tests.stock import assert_reconciled, available, counters, states
from tests.till import Clock, Till

GENEVA = PARIS | {"line1": "Rue du Rhône 1", "postcode": "1204", "city": "Genève", "country": "CH"}


def ready(brand: Brand, units: int = 2, stock: int = 10, **goods: Any) -> Buyer:
    """A buyer whose cart holds so many of something."""
    buyer = Buyer.of(brand)
    assert buyer.add(for_sale(brand, stock, **goods), units).status == 201
    return buyer


def orders(brand: Brand) -> list[Any]:
    with begin(brand, "test") as work:
        return work.all("SELECT id, number, status FROM orders.orders ORDER BY number")


def order_id(answer: Answer) -> UUID:
    return UUID(answer.body["order"]["id"])


def die_at(name: str) -> None:
    def hook(step: str, function: str) -> None:
        if (step, function) == (name, "checkout/check_out"):
            steps.install(None)
            raise Killed(name)

    steps.install(hook)


def test_a_cart_becomes_an_order_that_waits_for_its_payment(brand: Brand, till: Till, bus: Bus) -> None:
    mug = for_sale(brand, 10, price=1999)
    buyer = Buyer.of(brand, locale="en")
    buyer.add(mug, 2)
    preview = buyer.preview().body
    answer = buyer.check_out(delivery_instructions="Ring twice", delivery_slot="morning")
    assert answer.status == 201
    order, payment = answer.body["order"], answer.body["payment"]
    assert (order["number"], order["status"], order["email"]) == (1, "pending_payment", EMAIL)
    assert order["totals"] == preview["totals"]
    assert order["tax_lines"] == preview["tax_lines"]
    assert order["totals"]["total"]["amount"] == 3998 + 690
    [line] = order["items"]
    assert (line["sku"][:4], line["title"], line["quantity"]) == ("SKU-", "Mug", 2)
    assert (line["unit_price"]["amount"], line["tax"]["amount"], line["line_total"]["amount"]) == (
        1999,
        666,
        3998,
    )
    assert order["shipping_address"]["city"] == order["billing_address"]["city"] == "Paris"
    assert order["shipping_option"]["name"] == "Home delivery"
    assert (order["delivery_instructions"], order["delivery_slot"]) == ("Ring twice", "morning")
    assert [(each["from"], each["to"], each["by"]) for each in order["history"]] == [
        (None, "pending_payment", "buyer")
    ]
    assert payment["gateway"] == "stripe"
    assert till.intents[payment["intent_id"]].amount == order["totals"]["total"]["amount"]
    assert payment["client_secret"] == till.intents[payment["intent_id"]].client_secret
    assert [(each["status"], each["amount"]) for each in order["payments"]] == [
        ("pending", order["totals"]["total"])
    ]
    assert states(brand, order_id(answer)) == [("held", 2)]
    cart = buyer.look().body
    assert (cart["status"], cart["order_id"], cart["email"]) == ("active", order["id"], EMAIL)
    assert cart["reservation_expires_at"] == order["reserved_until"]
    [told] = [event for event in bus.relay() if event["type"] == "order.placed"]
    assert (told["key"], told["data"]["number"]) == (order["id"], 1)
    assert_reconciled(brand)


def test_the_same_key_gives_the_same_answer_again(brand: Brand, till: Till) -> None:
    buyer = ready(brand)
    first, second = buyer.check_out("once"), buyer.check_out("once")
    assert first.body == second.body
    assert second.headers["idempotent-replayed"] == "true"
    reused = buyer.check_out("once", email="eve@example.com")
    assert (reused.status, reused.code) == (422, "idempotency_key_reused")
    assert len(orders(brand)) == len(till.intents) == 1


def test_without_an_idempotency_key_nothing_is_bought(brand: Brand, till: Till) -> None:
    buyer = ready(brand)
    answer = call(check_out, "POST", "/v1/store/checkout", buyer.wish(), headers=buyer.headers)
    assert (answer.status, answer.code) == (400, "idempotency_key_required")
    assert orders(brand) == []


def test_checking_out_the_same_again_is_the_same_order_and_the_same_payment(brand: Brand, till: Till) -> None:
    buyer = ready(brand)
    first, second = buyer.check_out(), buyer.check_out()
    assert second.status == 201
    assert second.body["payment"] == first.body["payment"]
    assert second.body["order"]["id"] == first.body["order"]["id"]
    assert len(orders(brand)) == len(till.intents) == 1
    assert second.body["order"]["reserved_until"] == first.body["order"]["reserved_until"]


def test_checking_out_otherwise_replaces_the_unpaid_order_and_its_payment_is_cancelled(
    brand: Brand, till: Till, bus: Bus
) -> None:
    buyer = ready(brand, stock=2)
    first = buyer.check_out()
    second = buyer.check_out(shipping_address=BRUSSELS)
    assert second.status == 201
    assert [(order.number, order.status) for order in orders(brand)] == [
        (1, "cancelled"),
        (2, "pending_payment"),
    ]
    assert order_of(brand, first.body["order"]["id"]).cancel_reason == "superseded"
    assert states(brand, order_id(second)) == [("held", 2)]
    deliver(bus, on_order_cancelled, "order.cancelled")
    assert till.intents[first.body["payment"]["intent_id"]].status == "canceled"
    assert till.intents[second.body["payment"]["intent_id"]].status == "requires_payment_method"
    assert order_of(brand, first.body["order"]["id"]).payments[0].status == "cancelled"
    assert_reconciled(brand)


def test_changing_the_cart_gives_the_unpaid_order_up_and_keeps_its_stock(brand: Brand, till: Till) -> None:
    mug = for_sale(brand, 3)
    buyer = Buyer.of(brand)
    buyer.add(mug, 2)
    first = buyer.check_out()
    assert Buyer.of(brand).add(mug, 2).body["available_quantity"] == 1
    cart = buyer.add(mug, 1)
    assert (cart.status, cart.body["items"][0]["quantity"], cart.body["order_id"]) == (201, 3, None)
    assert order_of(brand, first.body["order"]["id"]).status == "cancelled"
    assert counters(brand, mug) == (3, 3)
    assert Buyer.of(brand).add(mug, 1).status == 409
    second = buyer.check_out()
    assert (second.body["order"]["number"], second.body["order"]["items"][0]["quantity"]) == (2, 3)
    assert_reconciled(brand)


def test_the_checkout_holds_the_stock_fifteen_minutes_longer_once(
    brand: Brand, till: Till, at: Clock
) -> None:
    mug = for_sale(brand, 2)
    buyer, rival = Buyer.of(brand), Buyer.of(brand)
    buyer.add(mug, 2)
    at.move(minutes=10)
    first = buyer.check_out().body["order"]
    again = buyer.check_out(email="augusta@example.com").body["order"]
    assert again["number"] == 2
    assert again["reserved_until"] == first["reserved_until"]
    at.move(minutes=34)
    assert rival.add(mug, 1).status == 409
    at.move(minutes=2)
    assert rival.add(mug, 1).status == 201


def test_a_hold_that_ran_out_is_taken_again_if_the_stock_is_there(
    brand: Brand, till: Till, at: Clock
) -> None:
    mug = for_sale(brand, 2)
    buyer, rival = Buyer.of(brand), Buyer.of(brand)
    buyer.add(mug, 2)
    at.move(minutes=31)
    rival_item = rival.add(mug, 1).body["items"][0]["id"]
    answer = buyer.check_out()
    assert (answer.status, answer.code, answer.body["available_quantity"]) == (409, "out_of_stock", 1)
    assert orders(brand) == []
    rival.remove(rival_item)
    answer = buyer.check_out()
    assert answer.status == 201
    assert states(brand, order_id(answer)) == [("held", 2)]
    assert_reconciled(brand)


@pytest.mark.parametrize(
    ("changed", "status", "code"),
    [
        ({"shipping_address": PARIS | {"country": "US"}}, 422, "country_not_served"),
        ({"shipping_address": PARIS | {"country": "France"}}, 422, "validation_failed"),
        ({"shipping_address": {"country": "FR"}}, 422, "validation_failed"),
        ({"shipping_option_id": "drone"}, 422, "shipping_unavailable"),
        ({"shipping_option_id": None}, 422, "shipping_option_required"),
        ({"gateway": "paypal"}, 422, "gateway_unavailable"),
        ({"gateway": "points"}, 422, "gateway_unavailable"),
        ({"gateway": "cash"}, 422, "validation_failed"),
        ({"promotion_codes": ["SUMMER"]}, 422, "promotion_unknown"),
        ({"email": "nobody"}, 422, "validation_failed"),
        ({"cart_id": str(uuid4())}, 404, "cart_not_found"),
    ],
)
def test_what_cannot_be_ordered_is_refused_and_leaves_nothing(
    brand: Brand, till: Till, changed: dict[str, Any], status: int, code: str
) -> None:
    buyer = ready(brand)
    before = buyer.look().body
    answer = buyer.check_out(**changed)
    assert (answer.status, answer.code) == (status, code)
    assert (orders(brand), till.intents) == ([], {})
    assert buyer.look().body == before


def test_an_empty_cart_and_one_with_things_gone_cannot_be_checked_out(brand: Brand, till: Till) -> None:
    assert Buyer.of(brand).check_out().code == "cart_empty"
    mug = for_sale(brand, 5)
    buyer = Buyer.of(brand)
    buyer.add(mug)
    archive(brand, mug)
    answer = buyer.check_out()
    assert (answer.status, answer.code) == (409, "cart_not_ready")
    assert [problem["code"] for problem in answer.body["problems"]] == ["not_for_sale"]


def test_lines_for_points_and_for_money_are_not_checked_out_together(brand: Brand, till: Till) -> None:
    reward = for_sale(brand, 5, points=100)
    buyer = Buyer.of(brand)
    buyer.add(reward, 1, pay_with="points")
    assert buyer.check_out().code == "gateway_unavailable"
    buyer.add(reward, 1)
    answer = buyer.check_out()
    assert (answer.status, answer.code) == (422, "mixed_payment")


def test_tax_follows_the_destination(brand: Brand, till: Till) -> None:
    def totals(address: dict[str, str]) -> tuple[int, int, int]:
        found = ready(brand, price=12100).check_out(shipping_address=address).body["order"]["totals"]
        return found["subtotal"]["amount"], found["tax"]["amount"], found["total"]["amount"]

    assert totals(BRUSSELS) == (24200, 4200, 24200)
    subtotal, tax, total = totals(GENEVA)
    assert (subtotal, tax) == (20167, 0)
    assert total >= subtotal


def test_what_is_not_sent_needs_no_shipping(brand: Brand, till: Till) -> None:
    answer = ready(brand, kind="digital").check_out(shipping_option_id=None)
    assert answer.status == 201
    assert answer.body["order"]["totals"]["shipping"]["amount"] == 0
    assert answer.body["order"]["shipping_option"]["id"] is None


def test_another_brands_cart_cannot_be_checked_out(brand: Brand, another_brand: Brand, till: Till) -> None:
    stranger = ready(another_brand)
    stranger.brand = brand
    answer = stranger.check_out()
    assert (answer.status, answer.code) == (404, "cart_not_found")


def test_each_brand_counts_its_own_orders(brand: Brand, another_brand: Brand, till: Till) -> None:
    numbers = [ready(each).check_out().body["order"]["number"] for each in (brand, another_brand, brand)]
    assert numbers == [1, 1, 2]


def test_a_refused_checkout_leaves_no_gap_in_the_numbers(brand: Brand, till: Till) -> None:
    ready(brand).check_out()
    die_at("before_commit")
    with pytest.raises(Killed):
        ready(brand).check_out()
    ready(brand).check_out(gateway="paypal")
    assert ready(brand).check_out().body["order"]["number"] == 2


@pytest.mark.parametrize(
    "step", ["before_story", "before_commit", "after_commit", "before_reach", "after_reach", "before_settle"]
)
def test_killed_anywhere_the_retry_finishes_the_same_order_with_one_payment(
    brand: Brand, till: Till, at: Clock, step: str
) -> None:
    buyer = ready(brand, stock=2)
    die_at(step)
    with pytest.raises(Killed):
        buyer.check_out("key")
    # A killed function leaves its key leased for a moment.
    at.move(seconds=5)
    answer = buyer.check_out("key")
    assert answer.status == 201
    assert [(order.number, order.status) for order in orders(brand)] == [(1, "pending_payment")]
    assert list(till.intents) == [answer.body["payment"]["intent_id"]]
    assert [payment["status"] for payment in answer.body["order"]["payments"]] == ["pending"]
    assert states(brand, order_id(answer)) == [("held", 2)]
    assert_reconciled(brand)


@pytest.mark.parametrize("step", ["after_commit", "before_reach", "after_reach", "before_settle"])
def test_killed_after_the_order_was_written_another_key_finishes_it_too(
    brand: Brand, till: Till, step: str
) -> None:
    buyer = ready(brand)
    die_at(step)
    with pytest.raises(Killed):
        buyer.check_out()
    answer = buyer.check_out()
    assert answer.status == 201
    assert (len(orders(brand)), len(till.intents)) == (1, 1)


def test_a_provider_that_is_down_is_said_and_the_retry_finishes_the_order(brand: Brand, till: Till) -> None:
    buyer = ready(brand)
    till.down = True
    answer = buyer.check_out("key")
    assert (answer.status, answer.code, answer.headers["retry-after"]) == (
        503,
        "payment_provider_unavailable",
        "1",
    )
    till.down = False
    assert buyer.check_out("key").status == 201
    assert (len(orders(brand)), len(till.intents)) == (1, 1)


def test_an_answer_that_was_lost_does_not_make_a_second_payment(brand: Brand, till: Till) -> None:
    buyer = ready(brand)
    till.answers_lost = 1
    assert buyer.check_out("key").status == 503
    answer = buyer.check_out("key")
    assert answer.status == 201
    assert list(till.intents) == [answer.body["payment"]["intent_id"]]


def test_a_payment_that_the_provider_refuses_is_remembered_and_the_next_checkout_tries_anew(
    brand: Brand, till: Till
) -> None:
    buyer = ready(brand)
    till.refusing = True
    answer = buyer.check_out()
    assert (answer.status, answer.code) == (502, "payment_provider_refused")
    till.refusing = False
    answer = buyer.check_out()
    assert answer.status == 201
    assert [payment["status"] for payment in answer.body["order"]["payments"]] == ["failed", "pending"]
    assert len(orders(brand)) == 1


def test_the_same_checkout_sent_twice_at_once_is_one_order_and_the_twin_is_answered_at_once(
    brand: Brand, till: Till
) -> None:
    buyer = ready(brand)
    reached, go_on = Event(), Event()
    create = till.create

    def slowly(**asked: Any) -> Any:
        reached.set()
        assert go_on.wait(20)
        return create(**asked)

    with pytest.MonkeyPatch.context() as patch, ThreadPoolExecutor(1) as pool:
        patch.setattr(stripe, "create_payment_intent", slowly)
        first = pool.submit(_closing(lambda: buyer.check_out("key")))
        assert reached.wait(20)
        twin = buyer.check_out("key")
        go_on.set()
        answer = first.result(20)
    assert (twin.status, twin.code) == (409, "idempotency_in_progress")
    assert int(twin.headers["retry-after"]) >= 1
    assert answer.status == 201
    assert buyer.check_out("key").body == answer.body
    assert (len(orders(brand)), len(till.intents)) == (1, 1)


def test_twins_that_start_at_the_very_same_moment_are_one_order(brand: Brand, till: Till) -> None:
    buyer = ready(brand, stock=2)
    together = Barrier(6)

    def send(key: str) -> Answer:
        together.wait()
        return buyer.check_out(key)

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda key: _closing(lambda: send(key))(), ["a", "a", "a", "b", "b", "c"]))
    assert {answer.status for answer in answers} <= {201, 409}
    assert all(answer.code == "idempotency_in_progress" for answer in answers if answer.status == 409)
    assert len({answer.body["order"]["id"] for answer in answers if answer.status == 201}) == 1
    assert (len(orders(brand)), len(till.intents)) == (1, 1)
    assert_reconciled(brand)


def test_two_hundred_buyers_of_fifty_units_are_fifty_orders_and_a_hundred_and_fifty_clear_refusals(
    brand: Brand, till: Till
) -> None:
    mug = for_sale(brand, 50)

    def buy(_: int) -> tuple[int, str, int]:
        buyer = Buyer.of(brand)
        added = buyer.add(mug, 1)
        if added.status != 201:
            return added.status, added.code, 0
        answer = buyer.check_out()
        return answer.status, "", answer.body["order"]["number"]

    with ThreadPoolExecutor(12) as pool:
        results = list(pool.map(lambda n: _closing(lambda: buy(n))(), range(200)))
    bought = [number for status, _, number in results if status == 201]
    assert sorted(bought) == list(range(1, 51))
    assert [(status, code) for status, code, _ in results if status != 201] == [(409, "out_of_stock")] * 150
    assert counters(brand, mug) == (50, 50)
    assert available(brand, mug, clock.now()) == 0
    assert len(till.intents) == 50
    assert_reconciled(brand)


def test_carts_whose_holds_ran_out_race_for_what_is_left_and_none_is_oversold(
    brand: Brand, till: Till, at: Clock
) -> None:
    things = [for_sale(brand, 5) for _ in range(2)]
    buyers = []
    for index in range(12):
        buyer = Buyer.of(brand)
        for thing in things if index % 2 else things[::-1]:
            buyer.add(thing, 1)
        at.move(minutes=31)
        buyers.append(buyer)

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda buyer: _closing(buyer.check_out)(), buyers))
    assert sorted(answer.status for answer in answers) == [201] * 5 + [409] * 7
    assert {answer.code for answer in answers if answer.status == 409} == {"out_of_stock"}
    assert [counters(brand, thing) for thing in things] == [(5, 5), (5, 5)]
    assert [order.number for order in orders(brand)] == [1, 2, 3, 4, 5]
    assert_reconciled(brand)


def _closing(deed: Any) -> Any:
    def done() -> Any:
        try:
            return deed()
        finally:
            close_all()

    return done
