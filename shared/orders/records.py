"""What deeds know of an order."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from shared.orders.lifecycle import Status


class OrderRecord(NamedTuple):
    """What deeds need to know of an order."""

    id: UUID
    number: int
    status: Status
    cart_id: UUID | None
    customer_id: UUID | None
    email: str
    locale: str
    currency: str
    total_amount: int
    reserved_until: datetime | None
    fingerprint: bytes | None
    version: int
