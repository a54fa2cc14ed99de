"""Somebody's own sessions: the devices they are signed in on."""

from datetime import datetime
from typing import Any
from uuid import UUID

from shared.identity.sessions import REFRESH_LIFETIME
from shared.kernel.refusals import NotFound
from shared.platform.models import ListQuery, Pagination, Response
from shared.platform.work import Work

# A session lives as long as its last refresh token.
_ALIVE = "user_id = %(user_id)s AND revoked_at IS NULL AND last_seen_at > %(since)s"
_LIST = f"""
    SELECT id, device_name, user_agent, host(ip) AS ip, authenticated_by, mfa_at, created_at, last_seen_at
      FROM identity.sessions WHERE {_ALIVE}
     ORDER BY last_seen_at DESC, id DESC LIMIT %(limit)s OFFSET %(offset)s
"""
_COUNT = f"SELECT count(*) FROM identity.sessions WHERE {_ALIVE}"
_REVOKE = f"UPDATE identity.sessions SET revoked_at = %(now)s WHERE id = %(id)s AND {_ALIVE}"


class SessionNotFound(NotFound):
    """You have no such session, or it is over."""


class Session(Response):
    """One sign-in on one device. `current` is the one that asks; `last_seen_at` is when its tokens were last renewed."""

    id: UUID
    device_name: str
    user_agent: str
    ip: str | None
    authenticated_by: str
    second_factor: bool
    created_at: datetime
    last_seen_at: datetime
    current: bool


class Sessions(Response):
    """A page of sessions, the latest used first."""

    data: list[Session]
    pagination: Pagination


def sessions_of(work: Work, user_id: UUID, current: UUID, ask: ListQuery) -> Sessions:
    """The sessions of an account that are alive."""
    about = {"user_id": user_id, "since": work.now - REFRESH_LIFETIME}
    rows = work.all(_LIST, **about, limit=ask.limit, offset=ask.offset)
    return Sessions(
        data=[_session(row, current) for row in rows],
        pagination=Pagination.of(ask, work.value(_COUNT, **about)),
    )


def end_session(work: Work, user_id: UUID, session_id: UUID) -> None:
    """End one of somebody's own sessions. Raises SessionNotFound."""
    since = work.now - REFRESH_LIFETIME
    if not work.run(_REVOKE, id=session_id, user_id=user_id, since=since, now=work.now):
        raise SessionNotFound


def _session(row: Any, current: UUID) -> Session:
    return Session(
        id=row.id,
        device_name=row.device_name,
        user_agent=row.user_agent,
        ip=row.ip,
        authenticated_by=row.authenticated_by,
        second_factor=row.mfa_at is not None,
        created_at=row.created_at,
        last_seen_at=row.last_seen_at,
        current=row.id == current,
    )
