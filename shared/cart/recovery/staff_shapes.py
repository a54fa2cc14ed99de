"""Carts as staff see them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from shared.cart.shapes import Cart
from shared.kernel.money import Money
from shared.platform.models import Pagination, Response


class CartSummary(Response):
    """A cart in a list. `item_count` are its units, `subtotal` what they cost by themselves; `score` (0 to 100) how promising it is to remind the buyer
    of a cart that was left; `held_out`: it is not mailed, so that the effect of mails shows (null: nobody could have been)."""

    id: UUID
    status: str
    email: str | None
    customer_id: UUID | None
    item_count: int
    subtotal: Money
    score: float | None
    created_at: datetime
    last_activity_at: datetime
    abandoned_at: datetime | None
    times_abandoned: int
    recovered_at: datetime | None
    held_out: bool | None
    reminders_sent: int
    order_id: UUID | None


class CartList(Response):
    data: list[CartSummary]
    pagination: Pagination


class Reminder(Response):
    """A step of the sequence: it waits until `due_at`, was sent, or was cancelled for a reason."""

    step: int
    due_at: datetime
    sent_at: datetime | None
    sent_by: str | None
    cancelled_at: datetime | None
    cancel_reason: str | None
    mail_id: UUID | None


class CartHappening(Response):
    """Something that happened to the cart."""

    kind: str
    variant_id: UUID | None
    quantity: int | None
    order_id: UUID | None
    at: datetime


class StaffCart(Cart):
    """A cart as it stands, with what is known of it beside: see CartSummary. `history` has the latest first, a hundred at most."""

    customer_id: UUID | None
    score: float | None
    created_at: datetime
    last_activity_at: datetime
    abandoned_at: datetime | None
    times_abandoned: int
    recovered_at: datetime | None
    held_out: bool | None
    reminders_sent: int
    reminders: list[Reminder]
    history: list[CartHappening]


def summary_of(row: Any) -> CartSummary:
    """A row of `listing.page`."""
    known = {name: getattr(row, name) for name in CartSummary.model_fields if name != "subtotal"}
    return CartSummary(**known, subtotal=Money(row.subtotal_amount, row.currency))
