"""Nothing of one brand in another."""

from collections.abc import Iterator
from typing import LiteralString

from tests.faults.evidence import Check, Evidence

# Two rows that belong together and have different brands; what foreign keys with the brand in them forbid anyhow is left out.
_TOGETHER: dict[str, LiteralString] = {
    "order and cart": "SELECT o.id FROM orders.orders o JOIN cart.carts x ON x.id = o.cart_id WHERE x.brand_id <> o.brand_id",
    "payment and order": """SELECT p.id FROM billing.payments p JOIN orders.orders x ON x.id = p.order_id
                             WHERE x.brand_id <> p.brand_id""",
    "refund and order": """SELECT r.id FROM billing.payment_refunds r JOIN orders.orders x ON x.id = r.order_id
                            WHERE x.brand_id <> r.brand_id""",
    "order line and variant": """SELECT l.id FROM orders.order_items l JOIN catalog.product_variants x ON x.id = l.variant_id
                                  WHERE x.brand_id <> l.brand_id""",
    "cart line and variant": """SELECT l.id FROM cart.cart_items l JOIN catalog.product_variants x ON x.id = l.variant_id
                                 WHERE x.brand_id <> l.brand_id""",
    "reservation and cart": """SELECT r.id FROM inventory.inventory_reservations r JOIN cart.carts x ON x.id = r.cart_id
                                WHERE x.brand_id <> r.brand_id""",
    "reservation and order": """SELECT r.id FROM inventory.inventory_reservations r JOIN orders.orders x ON x.id = r.order_id
                                 WHERE x.brand_id <> r.brand_id""",
    "stock and variant": """SELECT i.id FROM inventory.inventory_items i JOIN catalog.product_variants x ON x.id = i.variant_id
                             WHERE x.brand_id <> i.brand_id""",
    "event and order": """SELECT e.id FROM platform.outbox_events e JOIN orders.orders x ON x.id::text = e.data ->> 'order_id'
                           WHERE x.brand_id <> e.brand_id""",
    "event and inbox": """SELECT e.id FROM platform.outbox_events e JOIN platform.inbox x ON x.event_id = e.id
                           WHERE x.brand_id <> e.brand_id""",
    "event and mail": """SELECT e.id FROM platform.outbox_events e JOIN notifications.mails x ON x.id::text = e.data ->> 'mail_id'
                          WHERE x.brand_id <> e.brand_id""",
    "mail and order": """SELECT m.id FROM notifications.mails m
                           JOIN orders.orders x ON 'order_confirmation:' || x.id = m.dedupe_key
                          WHERE x.brand_id <> m.brand_id""",
    "webhook and payment": """SELECT w.id FROM billing.webhook_events w
                                JOIN billing.payments x ON x.gateway_id = w.payload -> 'data' -> 'object' ->> 'id'
                               WHERE x.brand_id <> w.brand_id""",
}


def what_belongs_together_is_of_one_brand(found: Evidence) -> Iterator[str]:
    for name, sql in _TOGETHER.items():
        yield from (f"{name}: {row[0]}" for row in found.rows(sql))


def buyers_are_in_the_brand_they_came_to(found: Evidence) -> Iterator[str]:
    for row in found.rows("SELECT id, brand_id, email FROM orders.orders"):
        if not row.email.endswith(f"@{found.slugs[str(row.brand_id)]}.example"):
            yield f"order {row.id} of {row.email} is in {found.slugs[str(row.brand_id)]}"


CHECKS: tuple[Check, ...] = (what_belongs_together_is_of_one_brand, buyers_are_in_the_brand_they_came_to)
