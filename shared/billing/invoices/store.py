"""The SQL of invoices and credit notes. What has a number is guarded by the database: see migration 0026."""

import json
from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from shared.billing.invoices.records import Contents, Issued, Seller
from shared.kernel.ids import new_id
from shared.platform.work import Work

_CONTENTS = """
    i.id, i.kind, i.type, i.status, i.number, i.customer_id, i.order_id, i.refund_id, i.corrects_id, i.order_number, i.locale,
    i.currency::text AS currency, i.paid_amount AS paid, i.tax_treatment AS treatment, i.tax_lines AS taxed, i.lines, i.seller,
    i.buyer, i.deliver_to, i.reason, i.gateway, i.supplied_on, i.issued_on, i.due_on, i.file_key, i.erased_at
"""
_DRAFT = """
    INSERT INTO billing.invoices (
        id, kind, type, status, customer_id, order_id, refund_id, corrects_id, order_number, locale, currency, net_amount,
        tax_amount, total_amount, paid_amount, tax_treatment, tax_lines, lines, buyer, deliver_to, reason, gateway,
        supplied_on, due_on, created_at, updated_at)
    VALUES (%(id)s, %(kind)s, %(type)s, 'draft', %(customer_id)s, %(order_id)s, %(refund_id)s, %(corrects_id)s,
            %(order_number)s, %(locale)s, %(currency)s, %(net)s, %(tax)s, %(total)s, %(paid)s, %(treatment)s, %(taxed)s,
            %(lines)s, %(buyer)s, %(deliver_to)s, %(reason)s, %(gateway)s, %(supplied_on)s, %(due_on)s, %(now)s, %(now)s)
    ON CONFLICT DO NOTHING
"""
# The counter is locked from here to the commit, which is what keeps a brand's numbers without gaps and in the order of days.
_ISSUE = """
    WITH counter AS (
        INSERT INTO billing.invoice_counters AS c (series, year, last_number, last_on)
        VALUES (%(series)s, %(year)s, 1, %(today)s)
        ON CONFLICT (brand_id, series, year)
        DO UPDATE SET last_number = c.last_number + 1, last_on = greatest(c.last_on, excluded.last_on)
        RETURNING last_number, last_on
    )
    UPDATE billing.invoices i
       SET number = format('%%s-%%s-%%s', %(series)s::text, %(year)s::text, lpad(last_number::text, greatest(6, length(last_number::text)), '0')),
           issued_on = last_on, issued_at = %(now)s, file_asked_at = %(now)s, seller = %(seller)s, status = %(status)s, updated_at = %(now)s,
           paid_at = CASE WHEN %(status)s = 'paid' THEN %(now)s END
      FROM counter
     WHERE i.id = %(id)s AND i.number IS NULL
    RETURNING i.number
"""


def add_draft(work: Work, contents: Contents) -> UUID | None:
    """Write a document that has no number yet: its id. None when there is one of this order, or refund, already."""
    invoice_id = new_id(work.now)
    given = contents.model_dump(
        include={
            "kind", "type", "customer_id", "order_id", "refund_id", "corrects_id", "order_number", "locale", "currency",
            "paid", "treatment", "reason", "gateway", "supplied_on", "due_on",
        }
    )  # fmt: skip
    written = work.run(
        _DRAFT,
        **given,
        id=invoice_id,
        net=contents.net,
        tax=contents.tax,
        total=contents.total,
        taxed=_json(contents.taxed),
        lines=_json(contents.lines),
        buyer=contents.buyer.model_dump_json(),
        deliver_to=contents.deliver_to.model_dump_json() if contents.deliver_to else None,
        now=work.now,
    )
    return invoice_id if written else None


def issue(work: Work, invoice_id: UUID, *, series: str, today: date, seller: Seller, status: str) -> str:
    """Give a (locked) draft its number. Call it as the last thing of a story: the brand's series waits for the commit."""
    number = work.value(
        _ISSUE,
        id=invoice_id,
        series=series,
        year=today.year,
        today=today,
        seller=seller.model_dump_json(),
        status=status,
        now=work.now,
    )
    assert number is not None
    return str(number)


def read(work: Work, invoice_id: UUID) -> Issued | None:
    """An issued document; None while it has no number, and when there is none."""
    row = work.one(
        f"""SELECT {_CONTENTS}, CASE WHEN c.id IS NOT NULL
                       THEN jsonb_build_object('number', c.number, 'issued_on', c.issued_on) END AS corrected
              FROM billing.invoices i LEFT JOIN billing.invoices c ON c.brand_id = i.brand_id AND c.id = i.corrects_id
             WHERE i.id = %(id)s AND i.number IS NOT NULL""",
        id=invoice_id,
    )
    return Issued.model_validate(row._asdict()) if row else None


def lock_draft(work: Work, invoice_id: UUID) -> Any | None:
    """`kind`, `corrects_id`, `total_amount`, `paid_amount`, `currency`, `order_id` of a draft, locked; None when it is none any more."""
    return work.one(
        """SELECT id, kind, corrects_id, order_id, total_amount, paid_amount, currency::text AS currency
             FROM billing.invoices WHERE id = %(id)s AND status = 'draft' FOR UPDATE""",
        id=invoice_id,
    )


def lock_issued(work: Work, invoice_id: UUID) -> Any | None:
    """`total_amount` of a document that has its number, locked."""
    return work.one(
        "SELECT total_amount FROM billing.invoices WHERE id = %(id)s AND number IS NOT NULL FOR UPDATE",
        id=invoice_id,
    )


def drafts(work: Work, after: UUID, limit: int) -> list[UUID]:
    """The ids of drafts behind one, the oldest first."""
    rows = work.all(
        "SELECT id FROM billing.invoices WHERE status = 'draft' AND id > %(after)s ORDER BY id LIMIT %(limit)s",
        after=after,
        limit=limit,
    )
    return [row.id for row in rows]


def drafts_correcting(work: Work, invoice_id: UUID) -> list[UUID]:
    """The ids of drafts of credit notes on one invoice, the oldest first."""
    rows = work.all(
        "SELECT id FROM billing.invoices WHERE corrects_id = %(id)s AND status = 'draft' ORDER BY id",
        id=invoice_id,
    )
    return [row.id for row in rows]


def lock_file(work: Work, invoice_id: UUID) -> Any | None:
    """`erased_at` of an issued document, locked."""
    return work.one(
        "SELECT erased_at FROM billing.invoices WHERE id = %(id)s AND number IS NOT NULL FOR UPDATE",
        id=invoice_id,
    )


def keep_file(work: Work, invoice_id: UUID, key: str) -> None:
    """Note where the file lies."""
    work.run(
        """UPDATE billing.invoices SET file_key = %(key)s, file_made_at = coalesce(file_made_at, %(now)s), updated_at = %(now)s
            WHERE id = %(id)s""",
        id=invoice_id,
        key=key,
        now=work.now,
    )


def drop_file(work: Work, invoice_id: UUID) -> None:
    """Note that what lies there is not the document's file (any more)."""
    work.run(
        "UPDATE billing.invoices SET file_key = NULL, updated_at = %(now)s WHERE id = %(id)s",
        id=invoice_id,
        now=work.now,
    )


def move(work: Work, invoice_id: UUID, status: str) -> None:
    """Write where an issued document stands."""
    work.run(
        "UPDATE billing.invoices SET status = %(status)s, updated_at = %(now)s WHERE id = %(id)s",
        id=invoice_id,
        status=status,
        now=work.now,
    )


def credited(work: Work, invoice_id: UUID) -> int:
    """What credit notes with a number have taken off an invoice."""
    return int(
        work.value(
            """SELECT coalesce(sum(total_amount), 0)::bigint FROM billing.invoices
                WHERE corrects_id = %(id)s AND number IS NOT NULL""",
            id=invoice_id,
        )
    )


def _json(parts: Sequence[Any]) -> str:
    return json.dumps([part.model_dump(mode="json") for part in parts])
