"""The audit log: who did what to what, written with the deed, chained per brand (shared/kernel/audit_chain.py).

An entry's body is in the chain for ever; it holds ids, numbers, states, and no personal data. What is or may be personal (address,
browser, e-mail, names, free text) lies beside it, behind a salted commitment, and can be erased. Secrets are in neither.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal
from uuid import UUID

if TYPE_CHECKING:
    from shared.platform.callers import Caller
    from shared.platform.http import HttpRequest
    from shared.platform.work import Work

_SALT_BYTES = 16
_LONGEST = 400

type ActorType = Literal["staff", "partner", "member", "system", "anonymous"]


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did it. `personal` is what identifies them to people: an e-mail address, a name."""

    type: ActorType
    id: UUID | None = None
    role: str | None = None
    personal: Mapping[str, str] = field(default_factory=dict)


SYSTEM, ANONYMOUS = Actor("system"), Actor("anonymous")


@dataclass(frozen=True, slots=True)
class Trail:
    """What a door knows of every entry of its story: the action's name, the caller and the request."""

    action: str
    caller: "Caller | None"
    request: "HttpRequest"


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry that will be written when its work commits."""

    action: str
    actor: Actor
    resource: dict[str, Any]
    changes: dict[str, Any]
    request_id: str
    personal: dict[str, Any]


def entry_of(
    trail: Trail | None,
    correlation_id: str,
    *,
    before: Any = None,
    after: Any = None,
    resource: Mapping[str, Any] | None = None,
    action: str | None = None,
    actor: Actor | None = None,
) -> Entry:
    """The entry of a deed: see `Work.audit`. Raises TypeError for one without an action."""
    # Imported here, as below: every function knows of the audit log, and most never write into it.
    from shared.platform.audit_changes import about, changed

    action = action or (trail.action if trail else None)
    if action is None:
        raise TypeError("outside of an endpoint, an audit entry needs an action")
    if actor is None:
        caller = trail.caller.actor() if trail and trail.caller else None
        actor = caller or (ANONYMOUS if trail else SYSTEM)
    given = resource if resource is not None else trail.request.path_params if trail else {}
    kept, contact = about(given)
    changes, personal = changed(before, after)
    told: dict[str, Any] = {**actor.personal, "changes": personal or None, "resource": contact or None}
    if trail:
        told |= {"ip": trail.request.source_ip, "user_agent": trail.request.headers.get("user-agent", "")}
    return Entry(
        action=action,
        actor=actor,
        resource=kept,
        changes=changes,
        request_id=trail.request.request_id if trail else correlation_id,
        personal={name: _short(value) for name, value in told.items() if value not in ("", None)},
    )


# The head's row is locked from here to the commit, so this is the last statement of its transaction: entries of one brand are
# written one after the other, and a rollback leaves no gap.
_RECORD = """
    WITH head AS (
        INSERT INTO platform.audit_heads AS h (sequence, previous, hash)
        VALUES (1, %(genesis)s, sha256(%(genesis)s || int8send(1) || %(digest)s))
        ON CONFLICT (brand_id) DO UPDATE
           SET sequence = h.sequence + 1, previous = h.hash,
               hash = sha256(h.hash || int8send(h.sequence + 1) || %(digest)s)
        RETURNING sequence, previous, hash
    ), logged AS (
        INSERT INTO platform.audit_logs (
            sequence, occurred_at, actor_type, actor_id, role, action, resource, resource_id, changes, request_id,
            correlation_id, personal, digest, previous, hash)
        SELECT sequence, %(now)s, %(actor_type)s, %(actor_id)s, %(role)s, %(action)s, %(resource)s, %(resource_id)s,
               %(changes)s, %(request_id)s, %(correlation_id)s, %(personal)s, %(digest)s, previous, hash
          FROM head
        RETURNING sequence
    )
    INSERT INTO platform.audit_personal (sequence, salt, data)
    SELECT sequence, %(salt)s, %(data)s FROM logged WHERE %(personal)s::bytea IS NOT NULL
"""


def record(work: "Work") -> None:
    """Write what `work` audited, in the order of the deeds."""
    if not work.audited:
        return
    from shared.kernel.audit_chain import GENESIS, commitment, digest

    for entry in work.audited:
        salt = os.urandom(_SALT_BYTES)
        promised = commitment(salt, entry.personal) if entry.personal else None
        first = next(iter(entry.resource.values()), None)
        written = {
            "brand_id": work.brand.id,
            "occurred_at": work.now,
            "actor_type": entry.actor.type,
            "actor_id": entry.actor.id,
            "role": entry.actor.role,
            "action": entry.action,
            "resource": entry.resource,
            "changes": entry.changes,
            "request_id": entry.request_id,
            "correlation_id": work.correlation_id,
            "personal": promised,
        }
        work.soon(
            _RECORD,
            genesis=GENESIS,
            digest=digest(body_of(written)),
            now=work.now,
            salt=salt,
            data=json.dumps(entry.personal),
            resource_id=None if first is None or isinstance(first, dict | list) else str(first),
            **written
            | {
                "resource": json.dumps(entry.resource),
                "changes": json.dumps(entry.changes),
                "personal": bytes.fromhex(promised) if promised else None,
            },
        )


def body_of(row: Mapping[str, Any]) -> dict[str, Any]:
    """The body that is hashed, of an entry's columns (`personal` as the commitment's hexadecimal digits)."""
    return {
        "brand_id": str(row["brand_id"]),
        "occurred_at": told_time(row["occurred_at"]),
        "actor": {
            "type": row["actor_type"],
            "id": str(row["actor_id"]) if row["actor_id"] else None,
            "role": row["role"],
        },
        "action": row["action"],
        "resource": row["resource"],
        "changes": row["changes"],
        "request_id": row["request_id"],
        "correlation_id": row["correlation_id"],
        "personal": row["personal"],
    }


def told_time(moment: datetime) -> str:
    """RFC 3339 in UTC with the six decimals that PostgreSQL keeps."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def erase_person(work: "Work", person_id: UUID) -> int:
    """Erase the personal data of every entry that this person made or that is about them; answers of how many.

    The chain stays whole: an entry tells which ones were erased, and the verifier asks for it.
    """
    rows = work.all(
        """DELETE FROM platform.audit_personal p USING platform.audit_logs l
            WHERE l.brand_id = p.brand_id AND l.sequence = p.sequence
              AND (l.actor_id = %(id)s OR l.resource_id = %(text)s)
        RETURNING p.sequence""",
        id=person_id,
        text=str(person_id),
    )
    entries = sorted(row.sequence for row in rows)
    if entries:
        from shared.kernel.audit_chain import ERASED

        work.audit(action=ERASED, resource={"entries": entries})
    return len(entries)


def _short(value: Any) -> Any:
    from shared.platform.audit_changes import plain

    return plain(value[:_LONGEST]) if isinstance(value, str) else value
