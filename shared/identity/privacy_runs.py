"""Carrying privacy requests out, run by run: which are due, what each context did, and how they end."""

import hashlib
import json
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from shared.platform.personal_data import Erased, Kept
from shared.platform.work import Work

# A run that nobody has heard of for so long has lost an event to a dead-letter queue: it is begun anew, which is safe.
STUCK_AFTER = timedelta(days=1)
MOST_RUNS = 100
DOWNLOADABLE = timedelta(days=7)
_TOKEN_BYTES = 32

_DUE = """
    SELECT brand_id, id FROM identity.privacy_requests
     WHERE brand_id <> ALL(%(stuck)s) AND runs < %(most)s
       AND (status = 'received' OR (status IN ('running', 'failed') AND started_at <= %(before)s)
            OR (status = 'completed' AND look_again_at <= %(now)s))
     ORDER BY asked_at LIMIT %(batch)s
"""
_BEGIN = """
    UPDATE identity.privacy_requests
       SET status = 'running', started_at = %(now)s, completed_at = NULL, runs = runs + 1, parts = '{}', failure = NULL,
           look_again_at = NULL, certificate = NULL
     WHERE id = %(id)s AND (%(by_hand)s OR status = 'received' OR (status IN ('running', 'failed') AND started_at <= %(before)s)
                            OR (status = 'completed' AND look_again_at <= %(now)s))
 RETURNING id, kind, user_id, runs
"""
_PART = """
    UPDATE identity.privacy_requests SET parts = parts || jsonb_build_object(%(holder)s::text, %(part)s::jsonb)
     WHERE id = %(id)s AND status = 'running' AND runs = %(run)s
 RETURNING parts
"""
_RUNNING = """
    SELECT id, kind, runs, user_id, customer_ids, contact, locale, asked_at, asked_by, parts, certificate, object_key
      FROM identity.privacy_requests WHERE id = %(id)s AND status = 'running' AND runs = %(run)s FOR UPDATE
"""


def due(work: Work, stuck: list[UUID], batch: int) -> Sequence[Any]:
    """Across brands (`brand_id`, `id`): requests that wait, that are stuck, or whose kept parts may go by now."""
    return work.all(
        _DUE, stuck=stuck, batch=batch, now=work.now, before=work.now - STUCK_AFTER, most=MOST_RUNS
    )


def begin_run(work: Work, request_id: UUID, *, by_hand: bool = False) -> Any | None:
    """Begin a run (`id`, `kind`, `user_id`, `runs`); None when another one is under way or nothing is to be done.

    `by_hand`: staff want it now, whatever state it is in.
    """
    return work.one(_BEGIN, id=request_id, now=work.now, before=work.now - STUCK_AFTER, by_hand=by_hand)


def note_part(work: Work, request_id: UUID, run: int, holder: str, erased: Erased) -> dict[str, Any] | None:
    """Keep what a context did; every part of this run so far, or None when this run is over."""
    part = {
        "rows": erased.rows,
        "kept": [_told(each) for each in erased.kept],
        "at": work.now.isoformat(),
    }
    parts: dict[str, Any] | None = work.value(
        _PART, id=request_id, run=run, holder=holder, part=json.dumps(part)
    )
    return parts


def lock_running(work: Work, request_id: UUID, run: int) -> Any | None:
    """The request of this run, locked; None when the run is over."""
    return work.one(_RUNNING, id=request_id, run=run)


def keep_certificate(work: Work, request_id: UUID, certificate: str, object_key: str) -> None:
    """Keep the certificate, which is yet to be written to its bucket."""
    work.run(
        "UPDATE identity.privacy_requests SET certificate = %(text)s, object_key = %(key)s WHERE id = %(id)s",
        id=request_id,
        text=certificate,
        key=object_key,
    )


def complete(
    work: Work, request_id: UUID, *, object_key: str, downloadable: bool, look_again_at: datetime | None
) -> str | None:
    """The request is answered; the token of its download, which is told to nobody else, if there is to be one.

    Whom it was about is forgotten but for their ids.
    """
    token = secrets.token_urlsafe(_TOKEN_BYTES) if downloadable else None
    work.run(
        """UPDATE identity.privacy_requests
              SET status = 'completed', completed_at = %(now)s, object_key = %(key)s, look_again_at = %(look_again_at)s,
                  download_hash = coalesce(%(hash)s, download_hash),
                  download_expires_at = CASE WHEN %(hash)s::bytea IS NULL THEN download_expires_at ELSE %(expires_at)s END,
                  contact = CASE WHEN kind = 'erase' THEN NULL ELSE contact END
            WHERE id = %(id)s""",
        id=request_id,
        key=object_key,
        hash=hashed(token) if token else None,
        expires_at=work.now + DOWNLOADABLE,
        look_again_at=look_again_at,
        now=work.now,
    )
    return token


def fail(work: Work, request_id: UUID, reason: str) -> None:
    """The request cannot be carried out now; it is tried again, and staff see why."""
    work.run(
        """UPDATE identity.privacy_requests SET status = 'failed', failure = %(reason)s, completed_at = NULL
            WHERE id = %(id)s""",
        id=request_id,
        reason=reason[:500],
    )


def export_keys(work: Work, user_id: UUID | None) -> list[str]:
    """The objects of the account's earlier exports, which an erasure takes along."""
    rows = work.all(
        """SELECT object_key FROM identity.privacy_requests
            WHERE user_id = %(user_id)s AND kind = 'export' AND object_key IS NOT NULL""",
        user_id=user_id,
    )
    return [row.object_key for row in rows]


def hashed(token: str) -> bytes:
    """What is stored of a download's token: 256 random bits need no slow hash."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def _told(kept: Kept) -> dict[str, str | None]:
    return {
        "what": kept.what,
        "law": kept.law,
        "until": kept.until.isoformat() if kept.until else None,
    }
