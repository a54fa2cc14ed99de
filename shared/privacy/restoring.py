"""After a restore: a backup brings back people who had been erased. The ledger, which lies elsewhere, knows them."""

from collections.abc import Iterable
from datetime import datetime
from itertools import batched
from uuid import UUID

from shared.identity.privacy_requests import ANSWERED_WITHIN
from shared.platform.brands import BrandNotFound, brand_by_id
from shared.platform.database import Role
from shared.platform.logs import log
from shared.platform.work import begin
from shared.privacy import ledger

_AT_ONCE = 500

_KNOWN = """
    SELECT id FROM identity.privacy_requests WHERE id = ANY(%(ids)s) AND kind = 'erase' AND (runs > 0 OR asked_by = 'restore')
"""
# A request that was restored in a state before its answer is begun by the daily job as it is.
_ASK_AGAIN = """
    INSERT INTO identity.privacy_requests
        (id, kind, status, user_id, customer_ids, contact, locale, asked_by, asked_at, due_at)
    VALUES (%(id)s, 'erase', 'received', %(user_id)s, %(customer_ids)s, NULL, %(locale)s, 'restore', %(asked_at)s, %(due_at)s)
    ON CONFLICT DO NOTHING
"""


def restore_batch() -> tuple[int, int]:
    """Ask again for every erasure that the database has forgotten; answers how many, and how many could not be read."""
    asked = failed = 0
    for entries in batched(ledger.entries(), _AT_ONCE, strict=False):
        for entry in _forgotten(entries):
            try:
                asked += _ask_again(entry)
            except Exception:
                log.exception("erasure not restored", extra={"key": entry.key})
                failed += 1
    return asked, failed


def _forgotten(entries: Iterable[ledger.Entry]) -> list[ledger.Entry]:
    found = {entry.request_id: entry for entry in entries}
    with begin(None, "restore_erasures", Role.JOBS) as work:
        known = {row.id for row in work.all(_KNOWN, ids=list(found))}
    return [entry for request_id, entry in found.items() if request_id not in known]


def _ask_again(entry: ledger.Entry) -> int:
    try:
        brand = brand_by_id(entry.brand_id)
    except BrandNotFound:
        return 0
    subject = ledger.subject(entry)
    asked_at = datetime.fromisoformat(subject["asked_at"])
    with begin(brand, "restore_erasures", Role.JOBS) as work:
        return work.run(
            _ASK_AGAIN,
            id=entry.request_id,
            user_id=UUID(subject["user_id"]) if subject["user_id"] else None,
            customer_ids=[UUID(each) for each in subject["customer_ids"]],
            locale=brand.locale,
            asked_at=asked_at,
            due_at=asked_at + ANSWERED_WITHIN,
        )
