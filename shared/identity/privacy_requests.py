"""Privacy requests: somebody wants their data, or wants to be forgotten. Taken down, told, and answered within 30 days.

What carries them out lies above, where every context that holds personal data is in reach (shared/privacy).
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Literal
from uuid import UUID

from psycopg.errors import UniqueViolation

from shared.identity.customers import same_person
from shared.identity.links import Page, link
from shared.kernel.ids import new_id
from shared.kernel.refusals import NotFound, Refusal
from shared.notifications import mails
from shared.notifications.templates.privacy_request_received.variables import PrivacyRequestReceivedV1
from shared.platform.models import Response
from shared.platform.personal_data import Person
from shared.platform.work import Work

# GDPR art. 12(3): within one month; spec 02: 30 days.
ANSWERED_WITHIN = timedelta(days=30)

type AskedBy = Literal["self", "staff", "restore"]


class RequestKind(StrEnum):
    """What is asked for (GDPR art. 15 and 20; art. 17)."""

    EXPORT = "export"
    ERASE = "erase"


class PrivacyRequestOpen(Refusal):
    """The same request is being worked on already."""


class PrivacyRequestNotFound(NotFound):
    """There is no such privacy request here."""


class Part(Response):
    """What one context did for a request: of an erasure, how many rows it changed and what it keeps by which law until when."""

    rows: int
    kept: list[dict[str, str | None]]
    at: datetime


class PrivacyRequest(Response):
    """A request. `download_url` is there while what was made can be downloaded; `parts` tell what each context did."""

    id: UUID
    kind: str
    status: str
    asked_by: str
    asked_at: datetime
    due_at: datetime
    started_at: datetime | None
    completed_at: datetime | None
    download_expires_at: datetime | None
    parts: dict[str, Part]
    failure: str | None


_COLUMNS = ", ".join(PrivacyRequest.model_fields)
_OPEN = f"""
    INSERT INTO identity.privacy_requests
        (id, kind, status, user_id, customer_ids, contact, locale, asked_by, asked_at, due_at)
    VALUES (%(id)s, %(kind)s, 'received', %(user_id)s, %(customer_ids)s, %(contact)s, %(locale)s, %(asked_by)s, %(now)s,
            %(due_at)s)
    RETURNING {_COLUMNS}
"""


def open_request(work: Work, kind: RequestKind, user_id: UUID, asked_by: AskedBy) -> PrivacyRequest:
    """Take a request down and confirm it by mail; the account exists. Raises PrivacyRequestOpen (the transaction is over then).

    An address that nobody has proved may be a stranger's, who is not mailed.
    """
    person = work.one(
        """SELECT CASE WHEN u.email_verified_at IS NOT NULL THEN u.email END AS contact, u.locale, c.id AS customer_id
             FROM identity.users u
             LEFT JOIN identity.customers c ON c.brand_id = u.brand_id AND c.user_id = u.id WHERE u.id = %(id)s""",
        id=user_id,
    )
    assert person is not None
    try:
        row = work.one(
            _OPEN,
            id=new_id(work.now),
            kind=kind,
            user_id=user_id,
            customer_ids=same_person(work, person.customer_id) if person.customer_id else [],
            contact=person.contact,
            locale=person.locale,
            asked_by=asked_by,
            now=work.now,
            due_at=work.now + ANSWERED_WITHIN,
        )
    except UniqueViolation as error:
        raise PrivacyRequestOpen from error
    made = request_of(row)
    if person.contact is not None:
        told = PrivacyRequestReceivedV1(
            kind=kind.value,
            asked_at=made.asked_at,
            due_at=made.due_at,
            reset_link=link(work.brand, Page.FORGOTTEN),
        )
        key = f"{told.template}:{made.id}"
        mails.queue(work, told, to=person.contact, locale=person.locale, key=key)
    return made


def requests_of(work: Work, user_id: UUID, limit: int, offset: int) -> tuple[list[PrivacyRequest], int]:
    """An account's requests, the latest first, and how many there are."""
    rows = work.all(
        f"""SELECT {_COLUMNS}, count(*) OVER () AS total FROM identity.privacy_requests WHERE user_id = %(user_id)s
             ORDER BY id DESC LIMIT %(limit)s OFFSET %(offset)s""",
        user_id=user_id,
        limit=limit,
        offset=offset,
    )
    return [request_of(row) for row in rows], rows[0].total if rows else 0


def list_requests(
    work: Work, kind: str | None, status: str | None, limit: int, offset: int
) -> tuple[list[Any], int]:
    """The brand's requests, the latest first, with `user_id` and `contact`; and how many there are."""
    rows = work.all(
        f"""SELECT {_COLUMNS}, user_id, contact, count(*) OVER () AS total FROM identity.privacy_requests
             WHERE (%(kind)s::text IS NULL OR kind = %(kind)s) AND (%(status)s::text IS NULL OR status = %(status)s)
             ORDER BY id DESC LIMIT %(limit)s OFFSET %(offset)s""",
        kind=kind,
        status=status,
        limit=limit,
        offset=offset,
    )
    return rows, rows[0].total if rows else 0


def read_request(work: Work, request_id: UUID) -> PrivacyRequest:
    """One request. Raises PrivacyRequestNotFound."""
    row = work.one(f"SELECT {_COLUMNS} FROM identity.privacy_requests WHERE id = %(id)s", id=request_id)
    if row is None:
        raise PrivacyRequestNotFound
    return request_of(row)


def person_of(work: Work, request_id: UUID) -> Person:
    """Whose request it is, by all that identity knows of them; their orders are for others to add.

    An address counts while an account has proved it and no other one has since. Raises PrivacyRequestNotFound.
    """
    row = work.one(
        """SELECT r.user_id, r.customer_ids,
                  (SELECT array_agg(u.email) FROM identity.users u
                    WHERE u.id = r.user_id AND u.email_verified_at IS NOT NULL
                      AND NOT EXISTS (SELECT FROM identity.users o
                                       WHERE o.brand_id = u.brand_id AND o.email_key = u.email_key AND o.id <> u.id
                                         AND o.email_verified_at IS NOT NULL AND o.deleted_at IS NULL)) AS emails
             FROM identity.privacy_requests r WHERE r.id = %(id)s""",
        id=request_id,
    )
    if row is None:
        raise PrivacyRequestNotFound
    return Person(row.user_id, tuple(row.customer_ids), tuple(row.emails or ()))


def request_of(row: Any) -> PrivacyRequest:
    """A row as it is answered."""
    return PrivacyRequest(**{name: getattr(row, name) for name in PrivacyRequest.model_fields})
