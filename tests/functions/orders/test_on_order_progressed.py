"""Buyers are mailed where their order is; once for each step, however often it is told."""

from functions.orders.cancel_unpaid_orders import handler as cancel_unpaid_orders
from functions.orders.on_order_progressed import handler
from tests.buyers import deliver
from tests.functions.orders.conftest import Desk, euros
from tests.mailbox import mails
from tests.till import Clock

_TOLD = ("shipment.shipped", "order.completed", "refund.succeeded")


def test_each_step_is_one_mail_in_the_buyers_language(desk: Desk) -> None:
    bought = desk.paid(2)
    for status in ("preparing", "fulfilled", "completed"):
        bought.send_on(status)
    bought.refund(amount=euros(500))
    for _ in range(2):
        for kind in _TOLD:
            assert deliver(desk.bus, handler, kind) == {"batchItemFailures": []}
    sent = [(mail.template, mail.locale, mail.to) for mail in mails(desk.brand)]
    locale, to = bought.now.locale, bought.now.email
    assert sent == [(name, locale, to) for name in ("order_shipped", "order_delivered", "order_refunded")]


def test_an_order_that_its_buyer_or_the_clock_gave_up_is_no_news(desk: Desk, at: Clock) -> None:
    desk.unpaid(1)
    at.move(hours=2)
    cancel_unpaid_orders({}, None)
    assert [told["reason"] for told in desk.told("order.cancelled")] == ["unpaid"]
    assert desk.mails("order_cancelled") == []
