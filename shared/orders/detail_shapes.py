"""An order with what came after it, as its buyer and as staff see it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

from shared.kernel.money import Money
from shared.orders.invoice_shapes import OrderInvoice
from shared.orders.notes import OrderNote
from shared.orders.shapes import Order
from shared.orders.shipment_shapes import StaffShipment, ToShip
from shared.platform.models import Response


class RefundedItem(Response):
    """What went back for a line: units that came back, and money, tax included."""

    item_id: UUID
    quantity: int
    amount: Money


class OrderRefund(Response):
    """Money given back. `pending`: on its way. `tax` and `shipping` are part of `amount`."""

    id: UUID
    amount: Money
    status: Literal["pending", "succeeded", "failed"]
    shipping: Money
    tax: Money
    items: list[RefundedItem]
    created_at: datetime
    settled_at: datetime | None


class StaffRefund(OrderRefund):
    """As staff see it. `source` `provider`: made in the provider's own pages; `surplus` was paid above the order's total;
    `error_code` is the provider's."""

    payment_id: UUID
    withdrawal_id: UUID | None
    source: Literal["staff", "cancellation", "provider"]
    by: str
    reason: str | None
    restock: bool
    surplus: Money
    discount: Money
    error_code: str | None


class WithdrawnItem(Response):
    """Units of a line that the buyer sends back."""

    item_id: UUID
    quantity: int


class OrderWithdrawal(Response):
    """A withdrawal from the purchase. `answer` is what staff said to it."""

    id: UUID
    status: Literal["received", "goods_returned", "refunded", "declined"]
    lines: list[WithdrawnItem]
    reason: str | None
    requested_at: datetime
    decided_at: datetime | None
    answer: str | None


class StaffWithdrawal(OrderWithdrawal):
    """As staff see it. `time_limit`: until when the buyer could withdraw; null: nothing had been delivered yet."""

    requested_by: Literal["member", "guest"]
    time_limit: datetime | None
    decided_by: str | None
    version: int


class OrderDispute(Response):
    """A payment that its payer contests with the bank; `status` and `reason` are the provider's words."""

    id: UUID
    payment_id: UUID
    gateway_id: str
    status: str
    reason: str
    amount: Money
    evidence_due_at: datetime | None
    opened_at: datetime
    closed_at: datetime | None


class FollowedOrder(Order):
    """An order and how far it has come. `delivered_at`: when the last parcel arrived; the tracking number is the latest parcel's."""

    gateway: str
    cancelled_at: datetime | None
    fulfilled_at: datetime | None
    completed_at: datetime | None
    delivered_at: datetime | None
    tracking_number: str | None
    tracking_carrier: str | None


class OrderDetail(FollowedOrder):
    """As its buyer sees it. `withdrawable_until`: null while nothing has been delivered; `can_withdraw` says whether now."""

    refunds: list[OrderRefund]
    invoices: list[OrderInvoice]
    withdrawals: list[OrderWithdrawal]
    can_withdraw: bool
    withdrawable_until: datetime | None


class StaffOrder(FollowedOrder):
    """As staff see it. `to_ship` is in no shipment yet; `refundable` is what may still go back; `allowed_statuses` where it may be sent
    by hand."""

    shipments: Sequence[StaffShipment]
    to_ship: list[ToShip]
    refunds: list[StaffRefund]
    invoices: list[OrderInvoice]
    withdrawals: list[StaffWithdrawal]
    disputes: list[OrderDispute]
    notes: list[OrderNote]
    refundable: Money
    allowed_statuses: list[str]
