"""How long the rows of the ways in live, and the batch that deletes them, oldest first, by index."""

from datetime import timedelta
from typing import LiteralString

from shared.platform.database import Role
from shared.platform.retention import BATCH
from shared.platform.work import begin

# Long enough to be looked into when somebody says that a link did not work.
LINKS = timedelta(days=2)
FAILURES = timedelta(days=1)
# A lock is opened by a mail; one that nobody has opened by then is nobody's.
LOCKS = timedelta(days=90)
# A spent token that comes back is told from a foreign one as long as it could have been good.
REFRESH_TOKENS = timedelta(0)
# Devices and addresses: as long as the French authority lets records of access be kept (CNIL, recommendation 2021-122).
SESSIONS = timedelta(days=365)

_RULES: tuple[tuple[LiteralString, timedelta], ...] = (
    (
        "DELETE FROM identity.one_time_tokens WHERE ctid = ANY(ARRAY("
        "SELECT ctid FROM identity.one_time_tokens WHERE expires_at <= %(before)s LIMIT %(batch)s))",
        LINKS,
    ),
    (
        "DELETE FROM identity.link_requests WHERE ctid = ANY(ARRAY("
        "SELECT ctid FROM identity.link_requests WHERE asked_at <= %(before)s LIMIT %(batch)s))",
        LINKS,
    ),
    (
        "DELETE FROM identity.sign_in_failures WHERE ctid = ANY(ARRAY("
        "SELECT ctid FROM identity.sign_in_failures WHERE failed_at <= %(before)s AND locked_at IS NULL LIMIT %(batch)s))",
        FAILURES,
    ),
    (
        "DELETE FROM identity.sign_in_failures WHERE ctid = ANY(ARRAY("
        "SELECT ctid FROM identity.sign_in_failures WHERE failed_at <= %(before)s LIMIT %(batch)s))",
        LOCKS,
    ),
    (
        "DELETE FROM identity.refresh_tokens WHERE ctid = ANY(ARRAY("
        "SELECT ctid FROM identity.refresh_tokens WHERE expires_at <= %(before)s LIMIT %(batch)s))",
        REFRESH_TOKENS,
    ),
    (
        # Begun so long ago is found by index; not used since, by looking at the few that are left.
        "DELETE FROM identity.sessions WHERE ctid = ANY(ARRAY("
        "SELECT ctid FROM identity.sessions WHERE created_at <= %(before)s AND last_seen_at <= %(before)s LIMIT %(batch)s))",
        SESSIONS,
    ),
)


def purge_batch() -> tuple[int, int]:
    """Delete up to BATCH rows of each kind whose time is over, in every brand; answers how many, and no failures."""
    with begin(None, "purge", Role.JOBS) as work:
        return sum(work.run(sql, before=work.now - age, batch=BATCH) for sql, age in _RULES), 0
