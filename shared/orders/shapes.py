"""An order as clients and staff see it."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from pydantic import ConfigDict, Field

from shared.cart.shapes import PayWith, Totals
from shared.identity.postal_addresses import Address
from shared.kernel.money import Money
from shared.orders.shipment_shapes import Shipment
from shared.platform.models import Pagination, Response


class OrderItem(Response):
    """A line as it was sold. `tax` is part of `line_total`, which is what the line cost after discounts; `prior_price` is what
    was shown beside a reduced price: the lowest of the 30 days before its reduction."""

    id: UUID
    variant_id: UUID
    product_id: UUID
    sku: str
    title: str
    options: dict[str, str]
    quantity: int
    pay_with: PayWith
    unit_price: Money
    prior_price: Money | None
    unit_points: int | None
    discount: Money
    tax: Money
    tax_rate: str
    line_total: Money


class TaxLine(Response):
    """What is taxed at one `rate` (per cent, as it is written: "5.5"; `basis_points` 550)."""

    rate: str
    basis_points: int
    net: Money
    tax: Money


class ChosenShipping(Response):
    """The shipping option that was chosen, as it was named and priced then; `id` is null when nothing is sent."""

    id: str | None
    name: str
    price: Money
    min_days: int
    max_days: int


class OrderPayment(Response):
    """One attempt at paying. `amount` was asked for, `captured` was received."""

    id: UUID
    gateway: str
    gateway_id: str | None
    status: str
    amount: Money
    captured: Money
    refunded: Money
    error_code: str | None
    created_at: datetime


class StatusChange(Response):
    """One move of the state machine; `by` is `buyer`, `system`, or a member of staff."""

    model_config = ConfigDict(
        extra="forbid", serialize_by_alias=True, validate_by_name=True, validate_by_alias=True
    )

    from_status: str | None = Field(alias="from")
    to_status: str = Field(alias="to")
    at: datetime
    by: str
    reason: str | None


class Order(Response):
    """An order with everything that belongs to it. `promotion_codes` are those by which it was discounted; `reserved_until`: while
    it waits for payment, how long its stock is held; afterwards it is cancelled."""

    id: UUID
    number: int
    status: str
    source: str
    email: str
    locale: str
    currency: str
    customer_id: UUID | None
    cart_id: UUID | None
    items: list[OrderItem]
    totals: Totals
    tax_included: bool
    tax_treatment: str
    promotion_codes: list[str]
    tax_lines: list[TaxLine]
    shipping_option: ChosenShipping
    shipping_address: Address
    billing_address: Address
    delivery_instructions: str | None
    delivery_slot: str | None
    payments: list[OrderPayment]
    shipments: Sequence[Shipment]
    history: list[StatusChange]
    reserved_until: datetime | None
    cancel_reason: str | None
    review_reason: str | None
    created_at: datetime
    updated_at: datetime
    paid_at: datetime | None
    version: int


class OrderSummary(Response):
    """An order in a list."""

    id: UUID
    number: int
    status: str
    email: str
    buyer_name: str
    country: str
    item_count: int
    total: Money
    created_at: datetime
    paid_at: datetime | None
    version: int


class OrderGroup(Response):
    """Orders of one state and currency: how many, and what they cost together."""

    status: str
    orders: int
    total: Money


class OrderList(Response):
    """A page of orders. `next_cursor` continues after the last one; with a cursor nothing is counted. `summary` is of all that
    were asked for, not of the page; null unless it was asked for."""

    data: list[OrderSummary]
    pagination: Pagination | None
    next_cursor: str | None
    summary: list[OrderGroup] | None = None
