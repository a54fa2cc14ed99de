"""The buyer behind an order: their record in the brand, made at the first purchase that is paid."""

from shared.identity.accounts import guest_customer
from shared.orders import store
from shared.orders.shapes import Order
from shared.platform.work import Work


def note_buyer(work: Work, order: Order) -> None:
    """Give a guest's order its buyer's record: that of its address, without a login. Safe to repeat."""
    if order.customer_id is not None:
        return
    address = order.billing_address
    customer_id = guest_customer(
        work, order.email, address.first_name, address.last_name, phone=address.phone, locale=order.locale
    )
    store.set_customer(work, order.id, customer_id)
