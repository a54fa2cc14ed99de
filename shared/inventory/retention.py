"""How long requests and alerts live, and the batch that deletes them, oldest first, by index."""

from datetime import timedelta
from typing import LiteralString

from shared.platform.database import Role
from shared.platform.retention import BATCH
from shared.platform.work import begin

# As long as somebody may still follow the unsubscribe link of the mail.
SETTLED_REQUESTS = timedelta(days=90)
# Who has waited a year for a variant has bought another one.
WAITING_REQUESTS = timedelta(days=365)
RESOLVED_ALERTS = timedelta(days=180)

_RULES: tuple[tuple[LiteralString, timedelta], ...] = (
    (
        "DELETE FROM inventory.restock_requests WHERE ctid = ANY(ARRAY("
        "SELECT ctid FROM inventory.restock_requests WHERE settled_at <= %(before)s LIMIT %(batch)s))",
        SETTLED_REQUESTS,
    ),
    (
        "DELETE FROM inventory.restock_requests WHERE ctid = ANY(ARRAY("
        "SELECT ctid FROM inventory.restock_requests WHERE state = 'waiting' AND created_at <= %(before)s LIMIT %(batch)s))",
        WAITING_REQUESTS,
    ),
    (
        "DELETE FROM inventory.stock_alerts WHERE ctid = ANY(ARRAY("
        "SELECT ctid FROM inventory.stock_alerts WHERE resolved_at <= %(before)s LIMIT %(batch)s))",
        RESOLVED_ALERTS,
    ),
)


def purge_batch() -> tuple[int, int]:
    """Delete up to BATCH rows of each kind whose time is over, in every brand; answers how many, and no failures."""
    with begin(None, "purge", Role.JOBS) as work:
        return sum(work.run(sql, before=work.now - age, batch=BATCH) for sql, age in _RULES), 0
