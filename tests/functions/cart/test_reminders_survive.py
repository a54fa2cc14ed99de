"""Reminders when functions die, run at once, or are overtaken by a payment: at most one a step, none for who has paid."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import pytest

from functions.notifications.on_mail_queued import handler as on_mail_queued
from functions.orders.on_payment_captured import handler as on_payment_captured
from shared.platform.brands import Brand
from shared.platform.database import close_all
from tests.buyers import captured
from tests.functions.cart.conftest import deliver
from tests.gateway import Bus, batch
from tests.killing import DieAt, Killed
from tests.leavers import filled, left, scan, send, steps
from tests.mailbox import mails
from tests.people import rows
from tests.till import Clock, Till

pytestmark = pytest.mark.usefixtures("issuer", "bus", "till")


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
