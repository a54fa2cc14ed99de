"""GET /v1/admin/orders/{order_id} — one order with its lines, payments, history, refunds, withdrawals, disputes and notes."""

from uuid import UUID

from shared.identity.callers import Staff
from shared.orders.detail_shapes import StaffOrder
from shared.orders.details import read_for_staff
from shared.orders.refusals import OrderNotFound
from shared.platform.doors import endpoint
from shared.platform.work import Work


def get_order(order_id: UUID, caller: Staff, work: Work) -> StaffOrder:
    return read_for_staff(work, order_id)


handler = endpoint(
    "GET",
    "/v1/admin/orders/{order_id}",
    get_order,
    needs="orders:read",
    refuses=[OrderNotFound],
    audited=True,
)
