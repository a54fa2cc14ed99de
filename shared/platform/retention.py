"""How long the platform's own rows live, and the batch that deletes them, oldest first, by index."""

from datetime import timedelta
from typing import LiteralString

from shared.platform.database import Role
from shared.platform.work import begin

BATCH = 1000
EVENTS = timedelta(days=30)
# An inbox row must outlive every copy of its event: 14 days in a queue, 14 more in the dead-letter queue, and the outbox row
# itself, without which order per key could not be judged.
INBOX = timedelta(days=45)
FAILURES = timedelta(days=45)
# What GET /v1/admin/performance/* looks back on, and the day it began.
STATISTICS = timedelta(days=15)
ALERTS = timedelta(days=180)

_RULES: tuple[tuple[LiteralString, timedelta], ...] = (
    (
        "DELETE FROM platform.idempotency_keys WHERE ctid = ANY(ARRAY("
        "SELECT ctid FROM platform.idempotency_keys WHERE expires_at <= %(before)s AND state = 'done' LIMIT %(batch)s))",
        timedelta(0),
    ),
    (
        "DELETE FROM platform.outbox_events WHERE ctid = ANY(ARRAY("
        "SELECT ctid FROM platform.outbox_events WHERE status = 'published' AND published_at <= %(before)s LIMIT %(batch)s))",
        EVENTS,
    ),
    (
        "DELETE FROM platform.inbox WHERE ctid = ANY(ARRAY("
        "SELECT ctid FROM platform.inbox WHERE applied_at <= %(before)s LIMIT %(batch)s))",
        INBOX,
    ),
    (
        "DELETE FROM platform.delivery_failures WHERE ctid = ANY(ARRAY("
        "SELECT ctid FROM platform.delivery_failures WHERE last_failed_at <= %(before)s LIMIT %(batch)s))",
        FAILURES,
    ),
    (
        "DELETE FROM platform.cache_entries WHERE ctid = ANY(ARRAY("
        "SELECT ctid FROM platform.cache_entries WHERE stale_until <= %(before)s LIMIT %(batch)s))",
        timedelta(0),
    ),
    (
        "DELETE FROM platform.endpoint_statistics WHERE ctid = ANY(ARRAY("
        "SELECT ctid FROM platform.endpoint_statistics WHERE period <= %(before)s LIMIT %(batch)s))",
        STATISTICS,
    ),
    (
        "DELETE FROM platform.query_statistics WHERE ctid = ANY(ARRAY("
        "SELECT ctid FROM platform.query_statistics WHERE period <= %(before)s LIMIT %(batch)s))",
        STATISTICS,
    ),
    (
        "DELETE FROM platform.cache_statistics WHERE ctid = ANY(ARRAY("
        "SELECT ctid FROM platform.cache_statistics WHERE period <= %(before)s LIMIT %(batch)s))",
        STATISTICS,
    ),
    (
        "DELETE FROM platform.background_jobs WHERE ctid = ANY(ARRAY("
        "SELECT ctid FROM platform.background_jobs WHERE expires_at <= %(before)s LIMIT %(batch)s))",
        timedelta(0),
    ),
    (
        "DELETE FROM platform.alerts WHERE ctid = ANY(ARRAY("
        "SELECT ctid FROM platform.alerts WHERE state = 'resolved' AND resolved_at <= %(before)s LIMIT %(batch)s))",
        ALERTS,
    ),
)


def purge_batch() -> tuple[int, int]:
    """Delete up to BATCH rows of each kind whose time is over, in every brand; answers how many, and no failures."""
    with begin(None, "purge", Role.JOBS) as work:
        return sum(work.run(sql, before=work.now - age, batch=BATCH) for sql, age in _RULES), 0
