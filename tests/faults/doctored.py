"""Proves that the checks are not blind: the books of a good run are falsified in one place after another, and each lie must be seen.

Nothing of it stays: what is changed in the database is rolled back, what is changed in the evidence is a copy.
"""

from copy import deepcopy
from dataclasses import replace
from enum import Enum

import psycopg

from tests.faults.checks.happenings import LONG_RUN
from tests.faults.evidence import Evidence
from tests.faults.lies import LIES, Lie

# Past triggers and foreign keys, which would not let us lie.
_UNGUARDED = "SET LOCAL session_replication_role = replica"
_COPIED = ("intents", "refunds", "mailbox", "customers", "paypal_orders")


class Told(Enum):
    """What became of a lie. `NOTHING`: a short run had nothing to falsify; `REFUSED`: the database does not let it be told."""

    SEEN, UNSEEN, NOTHING, REFUSED = range(4)


def tell_all(found: Evidence) -> dict[Told, list[str]]:
    """Tell every lie: what it tells, by what became of it."""
    told: dict[Told, list[str]] = {became: [] for became in Told}
    for lie in LIES:
        told[_tell(lie, found)].append(lie.tells)
    return told


def _tell(lie: Lie, found: Evidence) -> Told:
    books = replace(
        found,
        notes=deepcopy(found.notes),
        settled=deepcopy(found.settled),
        done=found.done.copy(),
        # What a short run need not have met, it is asked for in these books.
        events=max(found.events, LONG_RUN),
    )
    if lie.change:
        books.__dict__ |= {name: deepcopy(getattr(found, name)) for name in _COPIED}
    books.__dict__["failures"] = list(found.failures)
    with books.admin, books.admin.transaction(force_rollback=True):
        if lie.sql:
            books.admin.execute(_UNGUARDED)
            try:
                if not books.admin.execute(lie.sql).rowcount:
                    return Told.NOTHING
            except psycopg.IntegrityError:
                return Told.REFUSED
        if lie.change:
            try:
                lie.change(books)
            except LookupError:
                return Told.NOTHING
        return Told.SEEN if any(True for _ in lie.seen_by(books)) else Told.UNSEEN
