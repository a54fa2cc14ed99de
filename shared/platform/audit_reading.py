"""The audit log as admins read it: pages of it, and parts of an export that the verifier checks."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from shared.kernel.audit_chain import EXPORT_FORMAT, GENESIS, canonical
from shared.platform.audit import body_of
from shared.platform.work import Work

# An answer of Lambda has 6 MB at most.
_BYTES_A_PART = 4_000_000
_COLUMNS = """
    l.brand_id, l.sequence, l.occurred_at, l.actor_type, l.actor_id, l.role, l.action, l.resource, l.changes, l.request_id,
    l.correlation_id, encode(l.personal, 'hex') AS personal, encode(l.previous, 'hex') AS previous,
    encode(l.hash, 'hex') AS hash, encode(p.salt, 'hex') AS salt, p.data
"""
_FROM = """
    platform.audit_logs l
    LEFT JOIN platform.audit_personal p ON p.brand_id = l.brand_id AND p.sequence = l.sequence
"""
_MATCHING = """
        (%(actor_id)s::uuid IS NULL OR l.actor_id = %(actor_id)s)
    AND (%(action)s::text IS NULL OR l.action = %(action)s OR starts_with(l.action, %(action)s || '.'))
    AND (%(resource_id)s::text IS NULL OR l.resource_id = %(resource_id)s)
    AND (%(request_id)s::text IS NULL OR l.request_id = %(request_id)s)
    AND (%(since)s::timestamptz IS NULL OR l.occurred_at >= %(since)s)
    AND (%(until)s::timestamptz IS NULL OR l.occurred_at < %(until)s)
"""
_HEAD = "SELECT sequence, encode(hash, 'hex') AS hash FROM platform.audit_heads"


class Filter(NamedTuple):
    """Which entries; None means any. `action` is a whole one, or a context for all of its actions."""

    actor_id: UUID | None = None
    action: str | None = None
    resource_id: str | None = None
    request_id: str | None = None
    since: datetime | None = None
    until: datetime | None = None


def page(work: Work, wanted: Filter, limit: int, *, before: int | None, offset: int) -> list[Any]:
    """Up to `limit` entries, the latest first: from `offset` on, or those `before` a sequence number."""
    return work.all(
        f"""SELECT {_COLUMNS} FROM {_FROM}
             WHERE {_MATCHING} AND (%(before)s::bigint IS NULL OR l.sequence < %(before)s)
             ORDER BY l.sequence DESC LIMIT %(limit)s OFFSET %(offset)s""",
        **wanted._asdict(),
        before=before,
        limit=limit,
        offset=offset,
    )


def count(work: Work, wanted: Filter) -> int:
    """How many entries there are."""
    return int(
        work.value(f"SELECT count(*) FROM platform.audit_logs l WHERE {_MATCHING}", **wanted._asdict())
    )


class Part(NamedTuple):
    """A part of an export: its lines, and what its first one says."""

    lines: list[bytes]
    first: int
    last: int


def part(work: Work, after: int, limit: int) -> Part:
    """Entries behind number `after`, at most `limit` and about 4 MB, as JSON lines behind a header."""
    known = work.one(_HEAD)
    reaches, hashed = (known.sequence, known.hash) if known else (0, GENESIS.hex())
    lines: list[bytes] = []
    room = _BYTES_A_PART
    for entry in read(work, after, min(after + limit, reaches)):
        lines.append(canonical(entry) + b"\n")
        room -= len(lines[-1])
        if room < 0:
            break
    last = after + len(lines)
    head = {"sequence": reaches, "hash": hashed}
    return Part([header(work.brand.id, after, last, head), *lines], after + 1, last)


def header(brand_id: UUID, after: int, last: int, head: dict[str, Any]) -> bytes:
    """The first line of a part."""
    told = {
        "format": EXPORT_FORMAT,
        "brand_id": str(brand_id),
        "first": after + 1,
        "last": last,
        "head": head,
    }
    return canonical(told) + b"\n"


def read(work: Work, after: int, until: int) -> Iterator[dict[str, Any]]:
    """The entries behind number `after` up to `until`, as the verifier takes them."""
    rows = work.all(
        f"""SELECT {_COLUMNS} FROM {_FROM} WHERE l.sequence > %(after)s AND l.sequence <= %(until)s
             ORDER BY l.sequence""",
        after=after,
        until=until,
    )
    for row in rows:
        yield {
            "sequence": row.sequence,
            "previous": row.previous,
            "hash": row.hash,
            "body": body_of(row._asdict()),
            "personal": row.data,
            "salt": row.salt,
        }
