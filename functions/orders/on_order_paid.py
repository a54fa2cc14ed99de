"""order.paid — note whose order it is, split it into shipments if the brand has it so, and queue the buyer's confirmation mail."""

from shared.notifications import mails
from shared.orders.automatic_split import split_paid
from shared.orders.buyers import note_buyer
from shared.orders.confirmation import order_confirmation
from shared.orders.events import OrderPaidV1
from shared.orders.invoice_links import mailed_link
from shared.orders.reading import read_order
from shared.platform.doors import consumer
from shared.platform.work import Work


def on_order_paid(fact: OrderPaidV1, work: Work) -> None:
    order = read_order(work, fact.order_id)
    note_buyer(work, order)
    split_paid(work, order.id)
    mails.queue(
        work,
        order_confirmation(order, mailed_link(work, order.id)),
        to=order.email,
        locale=order.locale,
        key=f"order_confirmation:{order.id}",
    )


handler = consumer(on_order_paid, listens=OrderPaidV1)
