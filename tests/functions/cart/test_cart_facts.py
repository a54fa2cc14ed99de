"""cart.created, cart.item_added and cart.item_removed: told once per effect, in the cart's order, and hurrying nobody."""

import json
from typing import Any
from uuid import uuid4

import pytest

from functions.cart.create_cart import handler as create_cart
from functions.platform.relay_outbox import handler as relay_outbox
from shared.platform import settings, watch
from shared.platform.brands import Brand
from shared.platform.transactions import Transaction
from tests.buyers import EMAIL, Buyer, captured, for_sale
from tests.functions.cart.merging import guest_with, lines, merge
from tests.gateway import Bus, call
from tests.killing import DieAt, Killed
from tests.people import Person
from tests.till import Till

_SEND = ("sqs", "SendMessage")


@pytest.fixture(autouse=True)
def _a_relay_to_wake(bus: Bus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RELAY_QUEUE_URL", "http://127.0.0.1:1/queue")
    settings.forget()


def of_cart(bus: Bus, cart_id: str) -> list[dict[str, Any]]:
    """All that was told of the cart so far, in the order of publication."""
    bus.relay()
    return [detail for detail in bus.details if detail["key"] == cart_id]


def held(facts: list[dict[str, Any]]) -> dict[str, int]:
    """Units by variant, as who only listens knows them."""
    found: dict[str, int] = {}
    for fact in facts:
        sign = {"cart.item_added": 1, "cart.item_removed": -1}.get(fact["type"], 0)
        if sign:
            variant = fact["data"]["variant_id"]
            found[variant] = found.get(variant, 0) + sign * fact["data"]["quantity"]
    return {variant: units for variant, units in found.items() if units}


def test_a_cart_tells_what_becomes_of_it_and_wakes_nobody(brand: Brand, bus: Bus) -> None:
    mug = for_sale(brand, price=1999)
    bus.relay()
    bus.calls.clear()
    buyer = Buyer.of(brand, email=EMAIL)
    buyer.add(mug, 2)
    [line] = buyer.add(mug, 1).body["items"]
    for quantity in (5, 5, 1):
        assert buyer.change(line["id"], quantity).status == 200
    buyer.remove(line["id"])
    assert _SEND not in bus.calls
    created, *items = of_cart(bus, buyer.cart_id)
    assert (created["type"], created["version"], created["brand_id"]) == ("cart.created", 1, str(brand.id))
    assert created["data"] == {"cart_id": buyer.cart_id, "customer_id": None, "currency": "EUR"}
    assert [(fact["type"], fact["data"]["quantity"], fact["data"]["item_quantity"]) for fact in items] == [
        ("cart.item_added", 2, 2),
        ("cart.item_added", 1, 3),
        ("cart.item_added", 2, 5),
        ("cart.item_removed", 4, 1),
        ("cart.item_removed", 1, 0),
    ]
    assert items[0]["data"] == {
        "cart_id": buyer.cart_id,
        "customer_id": None,
        "item_id": line["id"],
        "variant_id": str(mug),
        "quantity": 2,
        "item_quantity": 2,
        "unit_price": {"amount": 1999, "currency": "EUR"},
        "unit_points": None,
        "moved": False,
    }
    told = json.dumps([created, *items])
    assert buyer.token not in told
    assert EMAIL not in told


def test_the_relays_schedule_sends_what_nobody_was_woken_for(brand: Brand, bus: Bus) -> None:
    mug = for_sale(brand)
    bus.relay()
    buyer = Buyer.of(brand)
    buyer.add(mug)
    assert relay_outbox({})["processed"] == 2
    assert [fact["type"] for fact in bus.details if fact["key"] == buyer.cart_id] == [
        "cart.created",
        "cart.item_added",
    ]


def test_a_double_click_is_one_cart_and_two_twice_put_in(brand: Brand, bus: Bus) -> None:
    mug = for_sale(brand)
    sent = {"x-brand": brand.slug, "idempotency-key": uuid4().hex}
    twins = [call(create_cart, "POST", "/v1/store/cart", {}, headers=sent) for _ in range(2)]
    assert len({twin.body["id"] for twin in twins}) == 1
    buyer = Buyer(brand, twins[0].body["id"], twins[0].body["token"])
    buyer.add(mug)
    buyer.add(mug)
    facts = of_cart(bus, buyer.cart_id)
    assert [fact["type"] for fact in facts] == ["cart.created", "cart.item_added", "cart.item_added"]
    assert held(facts) == {str(mug): 2}


def test_what_was_refused_or_killed_is_not_told(brand: Brand, bus: Bus, die_at: DieAt) -> None:
    mug = for_sale(brand, 3)
    buyer = Buyer.of(brand)
    [line] = buyer.add(mug, 2).body["items"]
    assert buyer.add(mug, 2).code == "out_of_stock"
    die_at("before_commit")
    with pytest.raises(Killed):
        buyer.add(mug)
    die_at("after_commit")
    with pytest.raises(Killed):
        buyer.remove(line["id"])
    assert buyer.remove(line["id"]).code == "cart_item_not_found"
    assert [fact["type"] for fact in of_cart(bus, buyer.cart_id)] == [
        "cart.created",
        "cart.item_added",
        "cart.item_removed",
    ]


def test_another_brands_carts_are_told_as_that_brands(brand: Brand, another_brand: Brand, bus: Bus) -> None:
    buyers = [Buyer.of(each) for each in (brand, another_brand)]
    for buyer in buyers:
        buyer.add(for_sale(buyer.brand))
    for buyer in buyers:
        assert {fact["brand_id"] for fact in of_cart(bus, buyer.cart_id)} == {str(buyer.brand.id)}


@pytest.mark.usefixtures("issuer", "till")
def test_lines_that_move_to_the_accounts_cart_are_told_of_both(brand: Brand, bus: Bus) -> None:
    mug, plate = for_sale(brand), for_sale(brand)
    ada, first = Person.member(brand), guest_with(brand, (mug, 1))
    assert merge(ada, first).status == 200
    second = guest_with(brand, (mug, 2), (plate, 1))
    answer = merge(ada, second)
    assert merge(ada, second).status == 200
    own, guests = of_cart(bus, first.cart_id), of_cart(bus, second.cart_id)
    assert held(own) == lines(answer) == {str(mug): 3, str(plate): 1}
    assert held(guests) == {}
    moved = [fact["data"] for fact in own + guests if fact["data"].get("moved")]
    assert len(moved) == 4
    customers = {fact["customer_id"] for fact in moved if fact["cart_id"] == first.cart_id}
    assert len(customers) == 1
    assert None not in customers


@pytest.mark.usefixtures("issuer")
def test_what_is_urgent_comes_after_what_was_told_before_it_and_takes_it_along(
    brand: Brand, bus: Bus, till: Till
) -> None:
    mug = for_sale(brand)
    bus.relay()
    bus.calls.clear()
    buyer = Buyer.of(brand)
    buyer.add(mug)
    assert _SEND not in bus.calls
    checked_out = buyer.check_out()
    assert _SEND in bus.calls
    captured(brand, till, bus, checked_out)
    facts = of_cart(bus, buyer.cart_id)
    assert [fact["type"] for fact in facts] == [
        "cart.created",
        "cart.item_added",
        "checkout.started",
        "cart.converted",
    ]
    assert [fact["position"] for fact in facts] == sorted(fact["position"] for fact in facts)


def test_to_tell_costs_no_message_to_the_database(
    brand: Brand, bus: Bus, monkeypatch: pytest.MonkeyPatch
) -> None:
    mug = for_sale(brand, 50)
    # Of a sampled request each statement goes alone.
    monkeypatch.setattr(watch, "SAMPLED", 10**9)
    sent = 0
    exchange = Transaction._exchange

    def count(self: Transaction, after: bytes) -> None:
        nonlocal sent
        sent += 1
        exchange(self, after)

    monkeypatch.setattr(Transaction, "_exchange", count)

    def messages() -> tuple[int, int]:
        before = sent
        buyer = Buyer.of(brand)
        created = sent
        assert buyer.add(mug).status == 201
        return created - before, sent - created

    messages()
    telling = messages()
    monkeypatch.setattr("shared.platform.outbox.record", lambda work: None)
    assert telling == messages()
