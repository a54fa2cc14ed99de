"""A new order: what is written of it, and how its number is given."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from shared.kernel.ids import new_id
from shared.platform.work import Work


@dataclass(frozen=True, slots=True)
class NewItem:
    """A line to be written; amounts in minor units of the order's currency, as in `pricing.quote.PricedLine`."""

    id: UUID
    position: int
    variant_id: UUID
    product_id: UUID
    sku: str
    title: str
    options: dict[str, str]
    fulfillment_method: str
    weight_g: int | None
    pay_with: str
    quantity: int
    unit_price_amount: int
    subtotal_amount: int
    discount_amount: int
    net_amount: int
    tax_amount: int
    line_total_amount: int
    unit_points: int | None
    tax_category: str
    tax_basis_points: int
    prior_price_amount: int | None = None
    kind: str = "physical"
    partner_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class NewOrder:
    """An order to be written, which waits for its payment until `reserved_until`."""

    id: UUID
    cart_id: UUID
    customer_id: UUID | None
    email: str
    buyer_name: str
    locale: str
    currency: str
    subtotal_amount: int
    discount_amount: int
    shipping_amount: int
    tax_amount: int
    total_amount: int
    points: int
    prices_include_tax: bool
    tax_treatment: str
    tax_lines: list[dict[str, int]]
    shipping_lines: list[dict[str, int]]
    shipping_address: dict[str, Any]
    billing_address: dict[str, Any]
    shipping_option: dict[str, Any]
    delivery_instructions: str | None
    delivery_slot: str | None
    promotion_codes: list[str]
    gateway: str
    fingerprint: bytes
    reserved_until: datetime
    items: Sequence[NewItem]


# One statement, and the last of its transaction: the brand's counter is locked from here to the commit, which is what
# keeps its numbers without gaps.
_PLACE = """
    WITH counter AS (
        INSERT INTO orders.order_counters AS c (last_number) VALUES (1)
        ON CONFLICT (brand_id) DO UPDATE SET last_number = c.last_number + 1
        RETURNING last_number
    ), placed AS (
        INSERT INTO orders.orders (
            id, number, status, cart_id, customer_id, email, buyer_name, locale, currency, subtotal_amount,
            discount_amount, shipping_amount, tax_amount, total_amount, points, prices_include_tax, tax_treatment,
            tax_lines, shipping_lines, shipping_address, billing_address, shipping_option, delivery_instructions,
            delivery_slot, promotion_codes, gateway, fingerprint, reserved_until, sweep_at, created_at, updated_at)
        SELECT %(id)s, last_number, 'pending_payment', %(cart_id)s, %(customer_id)s, %(email)s, %(buyer_name)s,
               %(locale)s, %(currency)s, %(subtotal_amount)s, %(discount_amount)s, %(shipping_amount)s, %(tax_amount)s,
               %(total_amount)s, %(points)s, %(prices_include_tax)s, %(tax_treatment)s, %(tax_lines)s,
               %(shipping_lines)s, %(shipping_address)s, %(billing_address)s, %(shipping_option)s,
               %(delivery_instructions)s, %(delivery_slot)s, %(promotion_codes)s, %(gateway)s, %(fingerprint)s, %(reserved_until)s,
               %(reserved_until)s, %(now)s, %(now)s
          FROM counter
        RETURNING number
    ), itemised AS (
        INSERT INTO orders.order_items (
            id, order_id, position, variant_id, product_id, sku, title, options, fulfillment_method, weight_g, pay_with,
            quantity, currency, unit_price_amount, subtotal_amount, discount_amount, net_amount, tax_amount,
            line_total_amount, unit_points, tax_category, tax_basis_points, prior_price_amount, kind, partner_id)
        SELECT id, %(id)s, position, variant_id, product_id, sku, title, options, fulfillment_method, weight_g, pay_with,
               quantity, %(currency)s, unit_price_amount, subtotal_amount, discount_amount, net_amount, tax_amount,
               line_total_amount, unit_points, tax_category, tax_basis_points, prior_price_amount, kind, partner_id
          FROM jsonb_to_recordset(%(items)s::jsonb) AS i(
                   id uuid, position int, variant_id uuid, product_id uuid, sku text, title text, options jsonb,
                   fulfillment_method text, weight_g int, pay_with text, quantity int, unit_price_amount bigint,
                   subtotal_amount bigint, discount_amount bigint, net_amount bigint, tax_amount bigint,
                   line_total_amount bigint, unit_points bigint, tax_category text, tax_basis_points int,
                   prior_price_amount bigint, kind text, partner_id uuid)
    ), noted AS (
        INSERT INTO orders.order_status_history (id, order_id, from_status, to_status, actor, at)
        VALUES (%(history)s, %(id)s, NULL, 'pending_payment', 'buyer', %(now)s)
    )
    SELECT number FROM placed
"""


def place(work: Work, order: NewOrder) -> int:
    """Write an order, its lines and its first state; answer its number. Call it as the last thing of a story."""
    columns = {name: getattr(order, name) for name in NewOrder.__slots__}
    for name in ("tax_lines", "shipping_lines", "shipping_address", "billing_address", "shipping_option"):
        columns[name] = json.dumps(columns[name])
    columns["items"] = json.dumps(
        [{name: getattr(item, name) for name in NewItem.__slots__} for item in order.items], default=str
    )
    return int(work.value(_PLACE, **columns, history=new_id(work.now), now=work.now))
