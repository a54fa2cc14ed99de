"""Requests that a link be sent to an address: taken down alike for everybody, answered by a consumer.

Who asks learns nothing, not even from how long it takes: whether an account has the address is looked up only by the consumer.
"""

from datetime import timedelta
from enum import StrEnum
from typing import Any, Literal
from uuid import UUID

from shared.identity.events import LinkRequestedV1
from shared.kernel.ids import new_id
from shared.platform.models import Response
from shared.platform.work import Work

# More mails of a kind to one address than this in an hour are nobody's wish.
MOST_PER_ADDRESS = 10
PER = timedelta(hours=1)

_ASK = """
    INSERT INTO identity.link_requests (id, kind, email_key, user_id, asked_at)
    VALUES (%(id)s, %(kind)s, %(email_key)s, %(user_id)s, %(now)s)
"""
_FIND = """
    SELECT r.id, r.kind, r.email_key, r.user_id, r.asked_at,
           (SELECT count(*) FROM identity.link_requests o
             WHERE o.brand_id = r.brand_id AND o.email_key = r.email_key AND o.kind = r.kind
               AND o.asked_at > %(since)s AND (o.asked_at, o.id) < (r.asked_at, r.id)) AS before
      FROM identity.link_requests r WHERE r.id = %(id)s
"""


class LinkRequested(Response):
    """The same for everybody: if an account has the address, the link is on its way."""

    accepted: Literal[True] = True


class LinkKind(StrEnum):
    """What the link is for."""

    VERIFY_EMAIL = "verify_email"
    RESET_PASSWORD = "reset_password"
    MAGIC_LINK = "magic_link"
    UNLOCK = "unlock"


def ask_for_link(work: Work, kind: LinkKind, email_key: str, user_id: UUID | None = None) -> None:
    """Take down that a link is wanted at the address with this key; `user_id` when it is for that very account."""
    request_id = new_id(work.now)
    work.run(_ASK, id=request_id, kind=kind, email_key=email_key, user_id=user_id, now=work.now)
    work.tell(LinkRequestedV1(request_id=request_id))


def wanted(work: Work, request_id: UUID) -> Any | None:
    """The request (`kind`, `email_key`, `user_id`), or None when too many came before it."""
    row = work.one(_FIND, id=request_id, since=work.now - PER)
    return None if row is None or row.before >= MOST_PER_ADDRESS else row
