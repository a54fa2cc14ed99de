"""GET /v1/admin/orders/{order_id} — one order with its lines, payments and history."""

from uuid import UUID

from shared.identity.callers import Staff
from shared.orders.reading import read_order
from shared.orders.refusals import OrderNotFound
from shared.orders.shapes import Order
from shared.platform.doors import endpoint
from shared.platform.work import Work


def get_order(order_id: UUID, caller: Staff, work: Work) -> Order:
    return read_order(work, order_id)


handler = endpoint(
    "GET",
    "/v1/admin/orders/{order_id}",
    get_order,
    needs="orders:read",
    refuses=[OrderNotFound],
    audited=True,
)
