"""Personal data in orders: what is handed out, what an erasure takes out, and what accounting law keeps."""

import json
from datetime import datetime, timedelta
from typing import Any, LiteralString, NamedTuple
from uuid import UUID

from shared.kernel.retention_law import CONTRACT, Law, accounting, kept_until
from shared.orders.lifecycle import Status
from shared.platform.personal_data import BLANK, Erased, Exported, Fate, Kept, Person, Planned, pseudonym
from shared.platform.work import Work
from shared.pricing.vat import TaxRules

PLAN = (
    Planned("orders.orders", ("email", "buyer_name", "shipping_address"), Fate.PSEUDONYMISED),
    Planned(
        "orders.orders",
        ("billing_address",),
        Fate.PSEUDONYMISED,
        "but for business buyers, whose invoices name them by law",
    ),
    Planned("orders.orders", ("delivery_instructions", "delivery_slot"), Fate.ERASED),
    Planned("orders.order_status_history", ("reason",), Fate.KEPT, "staff's words about the order"),
    Planned("orders.orders", ("cancel_reason", "review_reason"), Fate.KEPT, "codes, which name nobody"),
    Planned("orders.orders", ("tracking_number",), Fate.ERASED),
    Planned("orders.shipments", ("tracking_number", "tracking_url"), Fate.ERASED),
    Planned("orders.shipment_events", ("description",), Fate.ERASED),
    Planned("orders.order_notes", ("author", "body"), Fate.ERASED),
    Planned("orders.refunds", ("reason",), Fate.ERASED),
    Planned("orders.withdrawals", ("reason", "answer"), Fate.ERASED),
    Planned("orders.order_links", ("token_hash",), Fate.ERASED),
)

# Somebody has yet to pay, to send or to decide something, for which they must know who and where.
OPEN = (Status.PENDING_PAYMENT, Status.PAYMENT_REVIEW, Status.PAID, Status.PREPARING)
# What nobody has settled by then, nobody will: longer than any delivery, and than any right to withdraw.
OPEN_AT_MOST = timedelta(days=365)
# No money has come for these, so no law keeps them.
_NEVER_PAID = (Status.DRAFT, Status.CANCELLED)

_OF_PERSON = "(customer_id = ANY(%(ids)s) OR lower(email) = ANY(%(emails)s) OR id = ANY(%(orders)s))"
_FIND = f"""
    SELECT id, status, paid_at, created_at, billing_address, shipping_address, email,
           EXISTS (SELECT FROM orders.withdrawals w WHERE w.brand_id = o.brand_id AND w.order_id = o.id
                                                      AND w.status IN ('received', 'goods_returned'))
           OR EXISTS (SELECT FROM orders.refunds f WHERE f.brand_id = o.brand_id AND f.order_id = o.id
                                                     AND f.status = 'pending') AS owed
      FROM orders.orders o WHERE {_OF_PERSON} ORDER BY id FOR UPDATE OF o
"""
_ERASE = """
    UPDATE orders.orders
       SET email = %(email)s, buyer_name = %(blank)s, shipping_address = %(shipping)s, billing_address = %(billing)s,
           delivery_instructions = NULL, delivery_slot = NULL, tracking_number = NULL, version = version + 1, updated_at = %(now)s
     WHERE id = %(id)s AND email <> %(email)s
"""
# What buyers and staff wrote about an order, and what opens it.
_ERASE_WORDS: tuple[LiteralString, ...] = (
    "DELETE FROM orders.order_notes WHERE order_id = %(id)s",
    "DELETE FROM orders.order_links WHERE order_id = %(id)s",
    "UPDATE orders.shipment_events SET description = NULL WHERE order_id = %(id)s AND description IS NOT NULL",
    "UPDATE orders.shipments SET tracking_number = NULL, tracking_url = NULL, carrier_error = NULL, look_at = NULL"
    " WHERE order_id = %(id)s",
    "UPDATE orders.refunds SET reason = NULL WHERE order_id = %(id)s AND reason IS NOT NULL",
    "UPDATE orders.withdrawals SET reason = NULL, answer = NULL"
    " WHERE order_id = %(id)s AND (reason IS NOT NULL OR answer IS NOT NULL)",
)
_ERASE_AUTHOR = "UPDATE orders.order_notes SET author = '' WHERE author_id = %(user_id)s AND author <> ''"


class Verdict(NamedTuple):
    """What an erasure does with an order: whether it is left alone for now, whether its invoice keeps its buyer, and why."""

    leave: bool
    keeps_business: bool
    kept: tuple[Kept, ...]


def judge(
    status: Status, is_business: bool, since: datetime, law: Law, now: datetime, *, owed: bool = False
) -> Verdict:
    """Decide about one order, paid or placed at `since`, by the shop's accounting `law`; `owed`: money is to go back. Pure."""
    if (owed or status in OPEN) and now < since + OPEN_AT_MOST:
        return Verdict(True, False, (Kept("open_orders", CONTRACT),))
    until = kept_until(law, since)
    if status in _NEVER_PAID or until <= now:
        return Verdict(False, False, ())
    kept = [Kept("accounting", law.name, until)]
    if is_business:
        kept.append(Kept("business_invoices", law.name, until))
    return Verdict(False, is_business, tuple(kept))


def blanked(address: dict[str, Any]) -> dict[str, Any]:
    """A postal address of which only the country is left, which tax returns need."""
    lines = dict.fromkeys(("first_name", "last_name", "line1", "postcode", "city"), BLANK)
    return {**lines, "country": address["country"]}


def order_ids(work: Work, person: Person) -> tuple[UUID, ...]:
    """Every order of the person."""
    rows = work.all(
        f"SELECT id FROM orders.orders WHERE {_OF_PERSON} ORDER BY id",
        ids=list(person.customer_ids),
        emails=person.email_keys,
        orders=list(person.order_ids),
    )
    return tuple(row.id for row in rows)


def export(work: Work, person: Person) -> Exported:
    """Every order of the person, with its lines, its history, and all that was written about it."""
    rows = work.all(
        """SELECT o.id, o.number, o.status, o.source, o.email, o.buyer_name, o.locale, o.currency, o.subtotal_amount,
                  o.discount_amount, o.shipping_amount, o.tax_amount, o.total_amount, o.tax_lines, o.shipping_address,
                  o.billing_address, o.shipping_option, o.delivery_instructions, o.delivery_slot, o.promotion_codes,
                  o.created_at, o.paid_at, o.cancelled_at,
                  (SELECT jsonb_agg(jsonb_build_object('sku', i.sku, 'title', i.title, 'quantity', i.quantity,
                          'unit_price_amount', i.unit_price_amount, 'line_total_amount', i.line_total_amount)
                          ORDER BY i.position)
                     FROM orders.order_items i WHERE i.brand_id = o.brand_id AND i.order_id = o.id) AS items,
                  (SELECT jsonb_agg(jsonb_build_object('from', h.from_status, 'to', h.to_status, 'at', h.at) ORDER BY h.at)
                     FROM orders.order_status_history h WHERE h.brand_id = o.brand_id AND h.order_id = o.id) AS history,
                  (SELECT jsonb_agg(jsonb_build_object('amount', f.amount, 'status', f.status, 'reason', f.reason,
                          'at', f.created_at) ORDER BY f.id)
                     FROM orders.refunds f WHERE f.brand_id = o.brand_id AND f.order_id = o.id) AS refunds,
                  (SELECT jsonb_agg(jsonb_build_object('lines', w.lines, 'status', w.status, 'reason', w.reason,
                          'answer', w.answer, 'at', w.requested_at) ORDER BY w.id)
                     FROM orders.withdrawals w WHERE w.brand_id = o.brand_id AND w.order_id = o.id) AS withdrawals,
                  (SELECT jsonb_agg(jsonb_build_object('body', n.body, 'at', n.created_at) ORDER BY n.id)
                     FROM orders.order_notes n WHERE n.brand_id = o.brand_id AND n.order_id = o.id) AS notes,
                  (SELECT jsonb_agg(jsonb_build_object('status', s.status, 'carrier', s.carrier, 'tracking_number',
                          s.tracking_number, 'shipped_at', s.shipped_at, 'delivered_at', s.delivered_at) ORDER BY s.number)
                     FROM orders.shipments s WHERE s.brand_id = o.brand_id AND s.order_id = o.id) AS shipments
             FROM orders.orders o WHERE o.id = ANY(%(orders)s) ORDER BY o.id""",
        orders=list(person.order_ids),
    )
    return Exported({"orders": [row._asdict() for row in rows]})


def erase(work: Work, person: Person) -> Erased:
    """Take the person out of their orders, as far as each may be."""
    law = accounting(TaxRules.of(work.brand.settings).home_country)
    rows = work.all(
        _FIND, ids=list(person.customer_ids), emails=person.email_keys, orders=list(person.order_ids)
    )
    kept: list[Kept] = []
    done = 0
    for row in rows:
        is_business = bool(row.billing_address.get("vat_number"))
        verdict = judge(
            Status(row.status), is_business, row.paid_at or row.created_at, law, work.now, owed=row.owed
        )
        kept += verdict.kept
        if not verdict.leave:
            done += _erase_one(work, row, verdict.keeps_business)
    if person.user_id is not None:
        done += work.run(_ERASE_AUTHOR, user_id=person.user_id)
    return Erased(done, tuple(kept))


def _erase_one(work: Work, row: Any, keeps_business: bool) -> int:
    billing = row.billing_address if keeps_business else blanked(row.billing_address)
    for sql in _ERASE_WORDS:
        work.run(sql, id=row.id)
    return work.run(
        _ERASE,
        id=row.id,
        email=pseudonym(row.id),
        blank=BLANK,
        shipping=json.dumps(blanked(row.shipping_address)),
        billing=json.dumps(billing),
        now=work.now,
    )
