"""Each mail at most once, and none missing without a reason that staff can read."""

from collections import Counter
from collections.abc import Iterator

from tests.faults.evidence import Check, Evidence

# The header that carries a mail's id.
REFERENCE = "X-Entity-Ref-ID"


def each_mail_was_sent_at_most_once(found: Evidence) -> Iterator[str]:
    sent = Counter(mail["headers"].get(REFERENCE, "") for mail in found.mailbox)
    known = {
        str(row.id): row
        for row in found.rows("SELECT id, status, reason, recipient FROM notifications.mails")
    }
    for mail_id, times in sent.items():
        if mail_id not in known:
            yield f"a mail {mail_id!r} was sent that is not in the outbox"
        elif times > 1:
            yield f"mail {mail_id} was sent {times} times ({known[mail_id].status})"
    for mail_id, row in known.items():
        if row.status == "sent" and not sent[mail_id]:
            yield f"mail {mail_id} is sent, and is not in the mailbox"
        if row.status == "failed" and sent[mail_id]:
            yield f"mail {mail_id} failed, and is in the mailbox"
        if row.status not in ("sent", "failed", "unknown"):
            yield f"mail {mail_id} is still {row.status}"
        if row.status != "sent" and not row.reason:
            yield f"mail {mail_id} is {row.status} for no reason"


def every_paid_order_has_its_mail(found: Evidence) -> Iterator[str]:
    for row in found.rows(
        """SELECT h.order_id, o.email, count(m.id) AS mails, min(m.recipient) AS recipient
             FROM orders.order_status_history h JOIN orders.orders o ON o.id = h.order_id
             LEFT JOIN notifications.mails m ON m.dedupe_key = 'order_confirmation:' || h.order_id
            WHERE h.to_status = 'paid' GROUP BY 1, 2 HAVING count(m.id) <> 1 OR min(m.recipient) <> o.email"""
    ):
        yield f"order {row.order_id} of {row.email} has {row.mails} mails, to {row.recipient}"
    for row in found.rows(
        """SELECT m.id, m.dedupe_key FROM notifications.mails m WHERE template = 'order_confirmation' AND NOT EXISTS (
               SELECT 1 FROM orders.order_status_history h
                WHERE h.to_status = 'paid' AND m.dedupe_key = 'order_confirmation:' || h.order_id)"""
    ):
        yield f"mail {row.id} ({row.dedupe_key}) is of no order that was paid"


def each_refund_and_cancellation_is_mailed_as_wished(found: Evidence) -> Iterator[str]:
    for row in found.rows(
        """WITH wished AS (
               SELECT 'order_refunded:' || (data ->> 'refund_id') AS key FROM platform.outbox_events
                WHERE type = 'refund.succeeded' AND (data ->> 'notify')::boolean
               UNION ALL SELECT 'order_cancelled:' || (data ->> 'order_id') FROM platform.outbox_events
                WHERE type = 'order.cancelled' AND (data ->> 'notify')::boolean
           ), queued AS (
               SELECT dedupe_key AS key FROM notifications.mails WHERE template IN ('order_refunded', 'order_cancelled'))
           SELECT coalesce(w.key, q.key) AS key, w.key AS wished FROM wished w FULL JOIN queued q ON q.key = w.key
            WHERE w.key IS NULL OR q.key IS NULL"""
    ):
        yield f"mail {row.key} was {'not queued' if row.wished else 'queued and not wished'}"


def who_waited_for_stock_is_told_once(found: Evidence) -> Iterator[str]:
    for row in found.rows(
        """SELECT r.id, r.state, count(m.id) AS mails FROM inventory.restock_requests r
             LEFT JOIN notifications.mails m ON m.dedupe_key = 'back_in_stock:' || r.id
            GROUP BY 1, 2 HAVING count(m.id) <> (r.state = 'told')::int"""
    ):
        yield f"restock request {row.id} is {row.state} and has {row.mails} mails"


def mails_are_the_brands_own(found: Evidence) -> Iterator[str]:
    names = {row.slug: row.name for row in found.rows("SELECT slug, name FROM platform.brands")}
    for mail in found.mailbox:
        brand = mail["to"].rpartition("@")[2].removesuffix(".example")
        if brand in names and names[brand] not in mail["from"]:
            yield f"{mail['to']} got a mail from {mail['from']}"


CHECKS: tuple[Check, ...] = (
    each_mail_was_sent_at_most_once,
    every_paid_order_has_its_mail,
    each_refund_and_cancellation_is_mailed_as_wished,
    who_waited_for_stock_is_told_once,
    mails_are_the_brands_own,
)
