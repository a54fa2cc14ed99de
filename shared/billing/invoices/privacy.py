"""Personal data in invoices: who bought. Accounting law keeps the document; a consumer's name is no part of what it asks for."""

import json
from typing import Any

from shared.billing.invoices.events import InvoiceFileAskedV1
from shared.kernel.retention_law import accounting, kept_until
from shared.platform.personal_data import BLANK, Erased, Fate, Kept, Person, Planned
from shared.platform.work import Work
from shared.pricing.vat import TaxRules

PLAN = (
    Planned(
        "billing.invoices",
        ("buyer", "deliver_to"),
        Fate.PSEUDONYMISED,
        "but for business buyers, whose invoices name them by law; the file is made anew",
    ),
)

_OF_PERSON = "(order_id = ANY(%(orders)s) OR customer_id = ANY(%(ids)s))"
_FIND = f"""
    SELECT id, buyer, deliver_to, coalesce(issued_at, created_at) AS since, file_key
      FROM billing.invoices WHERE {_OF_PERSON} AND erased_at IS NULL ORDER BY id FOR UPDATE
"""
_ERASE = """
    UPDATE billing.invoices
       SET buyer = %(buyer)s, deliver_to = %(deliver_to)s, erased_at = %(now)s, file_key = NULL, updated_at = %(now)s
     WHERE id = %(id)s
"""


def export(work: Work, person: Person) -> list[dict[str, Any]]:
    """Every document of the person's purchases."""
    rows = work.all(
        f"""SELECT number, kind, status, order_number, currency, total_amount, tax_amount, buyer, deliver_to, issued_on
              FROM billing.invoices WHERE {_OF_PERSON} ORDER BY id""",
        orders=list(person.order_ids),
        ids=list(person.customer_ids),
    )
    return [row._asdict() for row in rows]


def erase(work: Work, person: Person) -> Erased:
    """Take the person out of the documents, as far as each may be, and have their files made anew."""
    law = accounting(TaxRules.of(work.brand.settings).home_country)
    rows = work.all(_FIND, orders=list(person.order_ids), ids=list(person.customer_ids))
    kept: list[Kept] = []
    done = 0
    for row in rows:
        until = kept_until(law, row.since)
        if until > work.now:
            kept.append(Kept("accounting", law.name, until))
            if row.buyer.get("vat_number"):
                kept.append(Kept("business_invoices", law.name, until))
                continue
        done += work.run(
            _ERASE,
            id=row.id,
            buyer=_blank(row.buyer),
            deliver_to=_blank(row.deliver_to) if row.deliver_to else None,
            now=work.now,
        )
        if row.file_key is not None:
            work.tell(InvoiceFileAskedV1(invoice_id=row.id), key=str(row.id))
    return Erased(done, tuple(kept))


def _blank(party: dict[str, Any]) -> str:
    """A party of which only the country is left, which tax returns need."""
    return json.dumps(
        dict.fromkeys(("name", "line1", "postcode", "city"), BLANK) | {"country": party["country"]}
    )
