"""GET /v1/me/orders/{order_id} — one of the signed-in buyer's orders, with what came after it."""

from uuid import UUID

from shared.identity.callers import Member
from shared.orders.detail_shapes import OrderDetail
from shared.orders.details import read_for_buyer
from shared.orders.ownership import check_own
from shared.orders.refusals import OrderNotFound
from shared.platform.doors import endpoint
from shared.platform.work import Work


def get_own_order(order_id: UUID, caller: Member, work: Work) -> OrderDetail:
    check_own(work, caller, order_id)
    return read_for_buyer(work, order_id)


handler = endpoint("GET", "/v1/me/orders/{order_id}", get_own_order, refuses=[OrderNotFound])
