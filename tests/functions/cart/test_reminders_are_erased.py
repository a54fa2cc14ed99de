"""An erasure ends the reminders of the person's carts, their links, and what is known of their address."""

from typing import Any

import pytest

from functions.cart.on_erasure_of_carts import handler
from functions.cart.recover_cart import handler as recover_cart
from shared.cart import privacy
from shared.platform.brands import Brand
from shared.platform.personal_data import Person as Subject
from shared.platform.work import begin
from tests.erasing import erase_in
from tests.gateway import Bus, call
from tests.leavers import left, send, steps
from tests.mailbox import mails
from tests.people import Person, rows
from tests.till import Clock

pytestmark = pytest.mark.usefixtures("issuer", "bus")


def known(brand: Brand) -> list[Any]:
    return rows(
        brand,
        "SELECT email_key FROM cart.cart_recovery_emails WHERE email_key IS NOT NULL"
        " UNION ALL SELECT email_key FROM cart.cart_recovery_declines"
        " UNION ALL SELECT email_key FROM cart.carts WHERE email_key IS NOT NULL",
    )


def test_nothing_of_the_address_is_left_and_nobody_is_mailed(brand: Brand, at: Clock, bus: Bus) -> None:
    buyer = left(brand, at, "ada@example.com")
    at.move(minutes=30)
    send()
    [mail] = mails(brand)
    erase_in(Person.member(brand, "ada@example.com"), handler, bus)
    assert steps(brand, buyer) == ["sent", "erased", "erased"]
    assert known(brand) == []
    answer = call(
        recover_cart,
        "POST",
        "/v1/store/cart/recover",
        {"token": mail.token},
        headers={"x-brand": brand.slug},
    )
    assert answer.code == "recovery_link_invalid"
    at.move(days=4)
    send()
    assert [mail.template for mail in mails(brand) if "cart" in mail.template] == ["cart_reminder"]


def test_an_archive_holds_the_reminders_of_each_cart(brand: Brand, at: Clock) -> None:
    left(brand, at, "ada@example.com")
    with begin(brand, "test") as work:
        found = privacy.export(work, Subject(emails=("Ada@example.com",))).lists
    [cart] = found["carts"]
    assert [reminder["step"] for reminder in cart["reminders"]] == [1, 2, 3]
    assert found["declined_reminders"] == []
