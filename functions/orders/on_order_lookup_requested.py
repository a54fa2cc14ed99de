"""order.lookup_requested — mail the link to an order, if its number and address belong together."""

from shared.orders.events import OrderLookupRequestedV1
from shared.orders.lookups import mail_link
from shared.platform.doors import consumer
from shared.platform.work import Work


def on_order_lookup_requested(fact: OrderLookupRequestedV1, work: Work) -> None:
    mail_link(work, fact.number, fact.email)


handler = consumer(on_order_lookup_requested, listens=OrderLookupRequestedV1)
