"""Personal data: whose it is, what each context plans for it, and what it did. The types that every context's `privacy` speaks in."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal
from uuid import UUID

# RFC 2606 §2: a domain that never takes a mail.
_NOBODYS_DOMAIN = "erased.invalid"
# What stands where a name or a line of an address stood.
BLANK = "—"

type Keeping = Literal[
    "accounting", "business_invoices", "open_orders", "identity_checks", "delivery", "answer"
]


class Fate(StrEnum):
    """What an erasure does to a field. `aged`: rows are deleted by age anyway, and an erasure waits for that."""

    ERASED = "erased"
    PSEUDONYMISED = "pseudonymised"
    KEPT = "kept"
    AGED = "aged"


@dataclass(frozen=True, slots=True)
class Planned:
    """What is planned for columns of a table ("schema.table"). What is kept or aged says why."""

    table: str
    columns: tuple[str, ...]
    fate: Fate
    why: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody, by all that they are known by: their account, their buyer's records, addresses they have proved, and orders."""

    user_id: UUID | None = None
    customer_ids: tuple[UUID, ...] = ()
    emails: tuple[str, ...] = ()
    order_ids: tuple[UUID, ...] = ()

    @property
    def email_keys(self) -> list[str]:
        """Their addresses, folded for comparison with `lower(…)`."""
        return [email.lower() for email in self.emails]


@dataclass(frozen=True, slots=True)
class Kept:
    """Something that an erasure leaves: what, by which law, until when (None: until an open matter is closed)."""

    what: Keeping
    law: str
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Erased:
    """What an erasure did in one context: the rows it changed, and what it keeps."""

    rows: int = 0
    kept: tuple[Kept, ...] = ()


@dataclass(frozen=True, slots=True)
class Exported:
    """What a context holds about somebody, by the name of a list: rows as JSON-ready data."""

    lists: Mapping[str, list[dict[str, Any]]] = field(default_factory=dict)


def pseudonym(subject: UUID) -> str:
    """An address in the place of somebody's, the same for the same record, and nobody's."""
    return f"erased-{subject}@{_NOBODYS_DOMAIN}"


def merged(kept: Iterable[Kept]) -> list[Kept]:
    """One entry for each matter and law: the one that is kept longest, an open end being the longest."""
    longest: dict[tuple[str, str], Kept] = {}
    for each in kept:
        known = longest.get((each.what, each.law))
        if known is None or (known.until is not None and (each.until is None or each.until > known.until)):
            longest[each.what, each.law] = each
    return sorted(longest.values(), key=lambda each: (each.what, each.law))
