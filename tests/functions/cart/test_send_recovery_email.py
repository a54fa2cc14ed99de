"""POST /v1/admin/carts/{cart_id}/send-recovery-email: staff remind a buyer, by the sequence and its rules."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest

from functions.cart.send_recovery_email import handler
from functions.notifications.unsubscribe import handler as unsubscribe
from shared.identity.permissions import Role
from shared.platform.brands import Brand
from shared.platform.database import close_all
from tests.buyers import captured, for_sale
from tests.gateway import Answer, Bus, call
from tests.leavers import choose, filled, left, send, steps
from tests.mailbox import mails
from tests.people import Person
from tests.till import Clock, Till

pytestmark = pytest.mark.usefixtures("issuer", "bus", "till")


def remind(brand: Brand, cart_id: Any, **query: Any) -> Answer:
    path = "/v1/admin/carts/{cart_id}/send-recovery-email"
    asked = {name: str(value) for name, value in query.items()}
    return Person.staff(brand, Role.SUPPORT).call(handler, "POST", path, query=asked, cart_id=cart_id)


def test_the_next_reminder_goes_out_now_and_not_again(brand: Brand, at: Clock) -> None:
    buyer = left(brand, at)
    answer = remind(brand, buyer.cart_id)
    assert (answer.status, answer.body["step"]) == (202, 1)
    assert [mail.template for mail in mails(brand)] == ["cart_reminder"]
    at.move(minutes=30)
    send()
    assert steps(brand, buyer) == ["sent", None, None]
    at.move(minutes=31)
    assert remind(brand, buyer.cart_id).body["step"] == 2
    at.move(hours=2)
    assert remind(brand, buyer.cart_id, step=2).code == "recovery_mails_all_sent"
    assert remind(brand, buyer.cart_id, step=3).body["step"] == 3
    at.move(hours=2)
    assert remind(brand, buyer.cart_id).code == "recovery_mails_all_sent"
    at.move(days=5)
    send()
    assert len(mails(brand)) == 3


def test_a_double_click_is_one_mail(brand: Brand, at: Clock) -> None:
    buyer = left(brand, at)

    def click(_: int) -> int:
        try:
            return remind(brand, buyer.cart_id).status
        finally:
            close_all()

    with ThreadPoolExecutor(3) as pool:
        assert sorted(pool.map(click, range(3))) == [202, 409, 409]
    assert remind(brand, buyer.cart_id).code == "recovery_mail_just_sent"
    assert len(mails(brand)) == 1


def test_who_is_back_has_bought_or_says_no_is_not_reminded_by_hand_either(
    brand: Brand, at: Clock, till: Till, bus: Bus
) -> None:
    back, bought, nameless = filled(brand), filled(brand, "bob@example.com"), left(brand, at, None)
    assert remind(brand, nameless.cart_id).body["why"] == "no_address"
    back.add(for_sale(brand))
    assert remind(brand, back.cart_id).code == "cart_not_abandoned"
    captured(brand, till, bus, bought.check_out(email="bob@example.com"))
    answer = remind(brand, bought.cart_id)
    assert (answer.status, answer.code, answer.body["why"]) == (409, "recovery_mail_unwanted", "bought")


def test_a_no_holds_for_staff_too(brand: Brand, at: Clock) -> None:
    buyer = left(brand, at)
    remind(brand, buyer.cart_id)
    link = mails(brand)[0].variables["unsubscribe"].partition("?")[2]
    query = dict(pair.split("=") for pair in link.split("&"))
    call(unsubscribe, "POST", "/v1/notifications/unsubscribe", query=query)
    at.move(hours=2)
    assert remind(brand, buyer.cart_id).body["why"] == "unsubscribed"


def test_who_is_held_out_stays_so(brand: Brand, at: Clock) -> None:
    choose(brand, hold_out_percent=100)
    assert remind(brand, left(brand, at).cart_id).code == "cart_held_out"
    assert mails(brand) == []


@pytest.mark.parametrize("step", [0, 4, "x", 1.5, 10**30])
def test_a_step_that_there_is_not_is_invalid(brand: Brand, at: Clock, step: Any) -> None:
    assert remind(brand, left(brand, at).cart_id, step=step).status == 422


def test_carts_of_other_brands_are_not_there_and_members_may_not(
    brand: Brand, another_brand: Brand, at: Clock
) -> None:
    theirs = left(another_brand, at).cart_id
    assert remind(brand, theirs).code == "cart_not_found"
    assert remind(brand, uuid4()).code == "cart_not_found"
    path = "/v1/admin/carts/{cart_id}/send-recovery-email"
    assert Person.member(brand).call(handler, "POST", path, cart_id=theirs).status == 403
