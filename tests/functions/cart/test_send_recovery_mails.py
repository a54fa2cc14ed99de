"""Reminders: one a step, none for who has bought, is back, or wants none, and each with its reason."""

from typing import Any

import pytest

from functions.notifications.unsubscribe import handler as unsubscribe
from shared.platform.brands import Brand
from tests.buyers import Buyer, captured, for_sale
from tests.functions.cart.conftest import deliver
from tests.gateway import Bus, call
from tests.leavers import REMINDERS, choose, filled, left, scan, send, steps
from tests.mailbox import mails
from tests.people import rows
from tests.till import Clock, Till

pytestmark = pytest.mark.usefixtures("issuer", "bus", "till")


def test_three_reminders_go_out_each_in_its_time_and_each_once(brand: Brand, at: Clock) -> None:
    buyer = left(brand, at, price=1500, units=2, title="Mug")
    for minutes, sent in ((29, 0), (1, 1), (23 * 60 + 29, 1), (1, 2), (2 * 24 * 60 - 1, 2), (1, 3)):
        at.move(minutes=minutes)
        send()
        send()
        assert len(mails(brand)) == sent
    assert steps(brand, buyer) == ["sent"] * 3
    assert tuple(mail.template for mail in mails(brand)) == REMINDERS
    first = mails(brand)[0]
    assert (first.to, first.locale) == ("lea@example.com", "fr")
    assert first.variables["goods"] == [
        {"title": "Mug", "quantity": 2, "price": {"amount": 3000, "currency": "EUR"}, "points": None}
    ]
    assert "/cart/recover?token=" in first.variables["link"]
    assert first.token not in first.stored
    assert len({mail.token for mail in mails(brand)}) == 3
    at.move(days=30)
    assert send()["processed"] == 0


def test_a_reminder_reaches_its_reader_with_a_way_to_end_them(
    brand: Brand, at: Clock, bus: Bus, handed_over: list[Any]
) -> None:
    left(brand, at)
    at.move(minutes=30)
    send()
    deliver(bus)
    [message] = handed_over
    assert message.recipient == "lea@example.com"
    assert message.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = message.headers["List-Unsubscribe"].strip("<>")
    assert "token=cart." in link
    assert link.replace("&", "&amp;") in message.html


def test_whoever_has_paid_is_not_reminded_of_this_cart_or_another(
    brand: Brand, at: Clock, till: Till, bus: Bus
) -> None:
    forgotten = left(brand, at, "ada@example.com")
    bought = left(brand, at, "ada@example.com")
    assert steps(brand, forgotten) == ["newer_cart"] * 3
    captured(brand, till, bus, bought.check_out())
    assert steps(brand, bought) == ["bought"] * 3
    at.move(days=4)
    send()
    assert [mail for mail in mails(brand) if mail.template in REMINDERS] == []
    bus.relay()
    [fact] = bus.of("cart.converted")
    assert (fact["data"]["cart_id"], fact["data"]["abandoned"]) == (bought.cart_id, True)


def test_who_is_back_is_not_reminded(brand: Brand, at: Clock) -> None:
    buyer = left(brand, at)
    buyer.add(for_sale(brand))
    at.move(minutes=30)
    send()
    assert steps(brand, buyer)[0] == "resumed"
    assert mails(brand) == []


def test_one_click_ends_all_reminders_to_an_address(brand: Brand, at: Clock) -> None:
    buyer = left(brand, at)
    at.move(minutes=30)
    send()
    [mail] = mails(brand)
    query = dict(pair.split("=") for pair in mail.variables["unsubscribe"].partition("?")[2].split("&"))
    for _ in range(2):
        answer = call(unsubscribe, "POST", "/v1/notifications/unsubscribe", query=query)
        assert answer.body == {"unsubscribed": True}
    assert steps(brand, buyer) == ["sent", "unsubscribed", "unsubscribed"]
    again = left(brand, at, "LEA@example.com")
    assert steps(brand, again) == ["unsubscribed"] * 3


def test_a_newer_cart_ends_the_older_one_s_reminders_at_once(brand: Brand, at: Clock) -> None:
    older, other = left(brand, at), left(brand, at, "bob@example.com")
    Buyer.of(brand, email="lea@example.com")
    assert steps(brand, older) == ["newer_cart"] * 3
    assert steps(brand, other) == [None] * 3


def test_after_a_standstill_steps_keep_an_hour_apart(brand: Brand, at: Clock) -> None:
    buyer = left(brand, at)
    at.move(days=5)
    send()
    assert steps(brand, buyer) == ["sent", None, None]
    at.move(minutes=59)
    send()
    assert steps(brand, buyer) == ["sent", None, None]
    at.move(minutes=1)
    send()
    assert steps(brand, buyer) == ["sent", "sent", None]


def test_a_cart_that_was_emptied_or_has_lost_its_address_is_not_mailed_about(brand: Brand, at: Clock) -> None:
    buyer, nameless = left(brand, at), left(brand, at, "bob@example.com")
    with_nothing = rows(
        brand, "DELETE FROM cart.cart_items WHERE cart_id = %(id)s RETURNING id", id=buyer.cart_id
    )
    rows(brand, "UPDATE cart.carts SET email = NULL WHERE id = %(id)s RETURNING id", id=nameless.cart_id)
    at.move(minutes=30)
    send()
    assert with_nothing
    assert (steps(brand, buyer)[0], steps(brand, nameless)[0]) == ("emptied", "no_address")


def test_another_brand_s_carts_follow_its_own_settings(brand: Brand, another_brand: Brand, at: Clock) -> None:
    choose(another_brand, delays_minutes=[])
    mine, theirs = filled(brand), filled(another_brand)
    at.move(minutes=61)
    scan()
    at.move(minutes=30)
    send()
    assert (steps(brand, mine)[0], steps(another_brand, theirs)) == ("sent", [])


def test_nobody_is_buried_in_reminders_by_carts_that_others_leave_in_their_name(
    brand: Brand, at: Clock
) -> None:
    reasons = []
    for _ in range(8):
        cart = left(brand, at, "victim@example.com")
        at.move(minutes=30)
        send()
        reasons.append(steps(brand, cart)[0])
    assert reasons == ["sent"] * 6 + ["too_many"] * 2
    at.move(days=8)
    assert steps(brand, left(brand, at, "victim@example.com"))[0] is None
