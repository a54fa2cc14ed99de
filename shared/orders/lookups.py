"""Mailing the link to an order to who knows its number and the address it was ordered with."""

from datetime import timedelta

from shared.identity.email_addresses import account_key
from shared.notifications.mails import queue
from shared.notifications.templates.order_link.variables import OrderLinkV1
from shared.orders.links import LIFETIME, make_link
from shared.platform.work import Work

# One mail for each order in so long: who asks again sooner finds the first one.
ONE_IN = timedelta(minutes=10)

_FIND = "SELECT id, number, email, locale FROM orders.orders WHERE number = %(number)s"


def mail_link(work: Work, number: int, email: str) -> None:
    """Queue the mail, if there is such an order; else nothing, and nobody learns of it."""
    order = work.one(_FIND, number=number)
    if order is None or account_key(order.email) != account_key(email):
        return
    told = OrderLinkV1(order_number=str(order.number), link=make_link(work, order.id), days=LIFETIME.days)
    turn = int(work.now.timestamp() // ONE_IN.total_seconds())
    queue(work, told, to=order.email, locale=order.locale, key=f"{told.template}:{order.id}:{turn}")
