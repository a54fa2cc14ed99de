"""GET /v1/store/orders/{token} — a guest's order, by the link that was mailed to them."""

from shared.orders.detail_shapes import OrderDetail
from shared.orders.details import read_for_buyer
from shared.orders.links import OrderLinkInvalid, order_of
from shared.platform.doors import endpoint
from shared.platform.work import Work


def get_guest_order(token: str, work: Work) -> OrderDetail:
    return read_for_buyer(work, order_of(work, token))


handler = endpoint("GET", "/v1/store/orders/{token}", get_guest_order, refuses=[OrderLinkInvalid])
