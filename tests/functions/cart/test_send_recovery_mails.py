"""Reminders: one a step, none for who has bought, is back, or wants none, and each with its reason."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import pytest

from functions.notifications.on_mail_queued import handler as on_mail_queued
from functions.notifications.unsubscribe import handler as unsubscribe
from functions.orders.on_payment_captured import handler as on_payment_captured
from shared.notifications import ses
from shared.notifications.sending import SendOutcome
from shared.platform.brands import Brand
from shared.platform.database import close_all
from tests.buyers import Buyer, captured, for_sale
from tests.gateway import Bus, batch, call
from tests.killing import DieAt, Killed
from tests.leavers import REMINDERS, choose, filled, left, scan, send, steps
from tests.mailbox import mails
from tests.people import rows
from tests.till import Clock, Till

pytestmark = pytest.mark.usefixtures("issuer", "bus", "till")


@pytest.fixture
def handed_over(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What the provider was handed."""
    messages: list[Any] = []

    def take(message: Any) -> SendOutcome:
        messages.append(message)
        return SendOutcome(result="sent", provider_message_id=f"m{len(messages)}")

    monkeypatch.setattr(ses, "hand_over", take)
    monkeypatch.setenv("MAIL_FROM", "boutique@maison.example")
    from shared.platform.settings import forget

    forget()
    return messages


def deliver(bus: Bus) -> None:
    bus.relay()
    assert on_mail_queued(batch(bus.of("mail.queued")), None) == {"batchItemFailures": []}


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


def test_who_pays_while_a_reminder_lies_in_the_queue_does_not_get_it(
    brand: Brand, at: Clock, till: Till, bus: Bus, handed_over: list[Any]
) -> None:
    buyer = left(brand, at, "ada@example.com")
    at.move(minutes=30)
    send()
    assert steps(brand, buyer)[0] == "sent"
    captured(brand, till, bus, buyer.check_out())
    bus.relay()
    assert on_mail_queued(batch(bus.of("mail.queued")), None) == {"batchItemFailures": []}
    assert [message for message in handed_over if "cart_" in message.tags["template"]] == []
    assert steps(brand, buyer) == ["bought"] * 3
    [found] = rows(brand, "SELECT status, reason FROM notifications.mails WHERE template = 'cart_reminder'")
    assert found.status == "failed"
    assert "no longer wanted" in found.reason


def test_sending_and_paying_at_once_end_in_one_or_the_other(
    brand: Brand, at: Clock, till: Till, bus: Bus, handed_over: list[Any]
) -> None:
    for number in range(6):
        buyer = left(brand, at, f"buyer{number}@example.com")
        at.move(minutes=30)
        send()
        queued = [detail for detail in bus.relay() if detail["type"] == "mail.queued"]
        till.pay(brand, buyer.check_out(email=f"buyer{number}@example.com").body["payment"]["intent_id"])
        paid = [detail for detail in bus.relay() if detail["type"] == "payment.captured"]

        def run(handler: Any, details: list[Any]) -> Any:
            try:
                return handler(batch(details), None)
            finally:
                close_all()

        with ThreadPoolExecutor(2) as pool:
            answers = [
                pool.submit(run, on_mail_queued, queued),
                pool.submit(run, on_payment_captured, paid),
            ]
            assert [answer.result() for answer in answers] == [{"batchItemFailures": []}] * 2
        # The checkout itself has made the buyer active: whichever of the two was first, the reminder was withdrawn.
        assert steps(brand, buyer)[0] in ("resumed", "bought")
    assert [message for message in handed_over if "cart_" in message.tags["template"]] == []


def test_who_pays_for_a_second_cart_is_not_sent_the_queued_reminder_of_the_first(
    brand: Brand, at: Clock, till: Till, bus: Bus, handed_over: list[Any]
) -> None:
    first = left(brand, at, "ada@example.com")
    at.move(minutes=30)
    send()
    captured(brand, till, bus, filled(brand, None).check_out(email="ada@example.com"))
    deliver(bus)
    assert [message for message in handed_over if "cart_" in message.tags["template"]] == []
    assert set(steps(brand, first)) <= {"bought", "newer_cart"}


@pytest.mark.parametrize(
    "step", ["before_story", "before_commit", "after_commit", "before_reach", "after_reach"]
)
def test_a_mailer_that_is_killed_hands_a_reminder_over_once_at_most(
    brand: Brand, at: Clock, bus: Bus, die_at: DieAt, handed_over: list[Any], step: str
) -> None:
    buyer = left(brand, at)
    at.move(minutes=30)
    send()
    die_at(step)
    with suppress(Killed):
        deliver(bus)
    at.move(minutes=1)
    deliver(bus)
    assert len(handed_over) <= 1
    assert steps(brand, buyer) == ["sent", None, None]
    [found] = rows(brand, "SELECT status FROM notifications.mails")
    assert found.status == ("sent" if handed_over and step != "after_reach" else "unknown")


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


@pytest.mark.parametrize("step", ["before_story", "before_commit", "after_commit"])
def test_a_sender_that_is_killed_sends_no_step_twice_and_none_is_lost(
    brand: Brand, at: Clock, bus: Bus, die_at: DieAt, handed_over: list[Any], step: str
) -> None:
    buyer = left(brand, at)
    at.move(minutes=30)
    die_at(step)
    with pytest.raises(Killed):
        send()
    send()
    deliver(bus)
    deliver(bus)
    assert steps(brand, buyer) == ["sent", None, None]
    assert len(mails(brand)) == len(handed_over) == 1


def test_senders_at_once_send_a_step_once(brand: Brand, at: Clock) -> None:
    for number in range(8):
        filled(brand, f"buyer{number}@example.com")
    at.move(minutes=61)
    scan()
    at.move(minutes=30)

    def run(_: int) -> None:
        try:
            send()
        finally:
            close_all()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(run, range(4)))
    send()
    assert sorted(mail.to for mail in mails(brand)) == [f"buyer{number}@example.com" for number in range(8)]


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
