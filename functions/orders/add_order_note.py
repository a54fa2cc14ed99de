"""POST /v1/admin/orders/{order_id}/notes — write a note about an order for the other staff."""

from typing import Annotated
from uuid import UUID

from pydantic import StringConstraints

from shared.identity.callers import Staff
from shared.orders import store
from shared.orders.notes import OrderNote, add_note
from shared.orders.refusals import OrderNotFound
from shared.platform.doors import endpoint
from shared.platform.models import Request
from shared.platform.work import Work


class NewOrderNote(Request):
    body: Annotated[str, StringConstraints(min_length=1, max_length=5000)]


def add_order_note(ask: NewOrderNote, order_id: UUID, caller: Staff, work: Work) -> OrderNote:
    if store.find(work, order_id) is None:
        raise OrderNotFound
    return add_note(work, order_id, caller, ask.body)


handler = endpoint(
    "POST",
    "/v1/admin/orders/{order_id}/notes",
    add_order_note,
    needs="orders:annotate",
    refuses=[OrderNotFound],
    status=201,
)
