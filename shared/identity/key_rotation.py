"""Rotation of the keys that sign access tokens: a new one in time, the old one retired once the new one signs.

A retired key's tokens are accepted until they expire, and its public half is published as long.
"""

from datetime import timedelta

from shared.identity.signing_keys import PUBLISHED_BEFORE_USE, make_key
from shared.platform.database import Role
from shared.platform.work import Work, begin

ROTATE_AFTER = timedelta(days=90)
# Long after the last token of a key has expired, and after every cache of the set.
_FORGET_AFTER = timedelta(days=7)

_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('identity.signing_keys', 0))"
_NEWEST = "SELECT max(created_at) FROM identity.signing_keys WHERE retired_at IS NULL"
# Older than the one that signs now: the newest of those that were published long enough.
_RETIRE = """
    UPDATE identity.signing_keys SET retired_at = %(now)s
     WHERE retired_at IS NULL AND created_at < (
           SELECT max(created_at) FROM identity.signing_keys WHERE retired_at IS NULL AND created_at <= %(seen)s)
"""
_FORGET = "DELETE FROM identity.signing_keys WHERE retired_at <= %(before)s"


def rotate_keys() -> tuple[int, int]:
    """Do what is due today; answers how many keys were made, retired or forgotten, and no failures."""
    with begin(None, "rotate_signing_keys", Role.JOBS) as work:
        work.run(_LOCK)
        changed = work.run(_RETIRE, now=work.now, seen=work.now - PUBLISHED_BEFORE_USE)
        changed += work.run(_FORGET, before=work.now - _FORGET_AFTER)
        return changed + _make_if_due(work), 0


def _make_if_due(work: Work) -> int:
    newest = work.value(_NEWEST)
    # The first key is made by whoever needs it.
    if newest is None or newest > work.now - ROTATE_AFTER:
        return 0
    make_key(work)
    return 1
