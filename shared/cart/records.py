"""What is known of a cart and of its lines."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID


class CartRecord(NamedTuple):
    """A cart's own row. `order_id`: the order that waits for its payment, or the one the cart became; `active_before`:
    when its buyer had been active before `last_activity_at`; `merged_into`: the account's cart that has taken its lines."""

    id: UUID
    status: str
    currency: str
    locale: str
    email: str | None
    customer_id: UUID | None
    promotion_codes: list[str]
    country: str | None
    postcode: str | None
    order_id: UUID | None
    held_longer_at: datetime | None
    last_activity_at: datetime
    active_before: datetime
    merged_into: UUID | None = None


class LineRecord(NamedTuple):
    """A line of a cart, with the price it was put in for (minor units of the cart's currency), and if that was reduced, the
    prior one."""

    id: UUID
    variant_id: UUID
    pay_with: str
    sku: str
    title: str
    quantity: int
    unit_price_amount: int
    unit_points: int | None
    prior_price_amount: int | None = None
