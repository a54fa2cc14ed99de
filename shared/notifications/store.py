"""The mail outbox and the send log: tables `notifications.mails` and `notifications.mail_sends`."""

from datetime import datetime
from typing import Any
from uuid import UUID

from shared.notifications.sending import SendOutcome, Status
from shared.platform.work import Work

_INSERT = """
    INSERT INTO notifications.mails
        (id, dedupe_key, template, template_version, locale, recipient, variables, status, reason, queued_at, settled_at)
    VALUES (%(id)s, %(key)s, %(template)s, %(version)s, %(locale)s, %(recipient)s, %(variables)s, %(status)s, %(reason)s,
            %(now)s, %(settled_at)s)
    ON CONFLICT (brand_id, dedupe_key) DO NOTHING
"""
_LOCK = """
    SELECT id, template, template_version, locale, recipient, variables::text AS variables, status, attempts, sending_until
      FROM notifications.mails WHERE id = %(id)s FOR UPDATE
"""
_START = """
    WITH mail AS (
        UPDATE notifications.mails
           SET status = 'sending', attempts = attempts + 1, sending_until = %(until)s, next_attempt_at = NULL
         WHERE id = %(id)s
     RETURNING id, attempts)
    INSERT INTO notifications.mail_sends (mail_id, attempt, started_at)
    SELECT id, attempts, %(now)s FROM mail RETURNING attempt
"""
# An attempt that was given up as unknown may still learn its answer; one that has another answer keeps it. The mail is locked
# before its attempt, as everywhere: who gives the dead up comes from the other side.
_END = """
    WITH mail AS (SELECT brand_id, id FROM notifications.mails WHERE id = %(id)s FOR NO KEY UPDATE)
    UPDATE notifications.mail_sends s
       SET outcome = %(outcome)s, ended_at = %(now)s, provider_message_id = %(message_id)s, reason = %(reason)s
      FROM mail
     WHERE s.brand_id = mail.brand_id AND s.mail_id = mail.id AND s.attempt = %(attempt)s
       AND coalesce(s.outcome, 'unknown') = 'unknown'
"""
_MOVE = """
    UPDATE notifications.mails
       SET status = %(status)s, sending_until = NULL, next_attempt_at = %(next_attempt_at)s, settled_at = %(settled_at)s,
           provider_message_id = %(message_id)s, reason = %(reason)s
     WHERE id = %(id)s AND attempts = %(attempt)s AND status IN ('sending', 'unknown')
"""
_WITHDRAW = """
    UPDATE notifications.mails SET status = 'failed', reason = %(reason)s, next_attempt_at = NULL, settled_at = %(now)s
     WHERE id = %(id)s AND status = 'queued'
"""
_FIND_DUE = """
    (SELECT brand_id, id FROM notifications.mails WHERE status = 'sending' AND sending_until <= %(now)s
        AND brand_id <> ALL (%(stuck)s) ORDER BY sending_until LIMIT %(limit)s)
    UNION ALL
    (SELECT brand_id, id FROM notifications.mails WHERE status = 'queued' AND next_attempt_at <= %(now)s
        AND brand_id <> ALL (%(stuck)s) ORDER BY next_attempt_at LIMIT %(limit)s)
"""
_ABANDON = """
    WITH mail AS (
        UPDATE notifications.mails
           SET status = 'unknown', sending_until = NULL, settled_at = %(now)s, reason = %(reason)s
         WHERE id = ANY(%(ids)s) AND status = 'sending' AND sending_until <= %(now)s
     RETURNING id, attempts)
    UPDATE notifications.mail_sends s SET outcome = 'unknown', ended_at = %(now)s, reason = %(reason)s
      FROM mail WHERE s.mail_id = mail.id AND s.attempt = mail.attempts AND s.outcome IS NULL
"""
_TAKE_DEFERRED = """
    UPDATE notifications.mails SET next_attempt_at = NULL
     WHERE id = ANY(%(ids)s) AND status = 'queued' AND next_attempt_at <= %(now)s
 RETURNING id
"""


def insert(
    work: Work,
    mail_id: UUID,
    *,
    key: str,
    template: str,
    version: int,
    locale: str,
    recipient: str,
    variables: str,
    status: Status,
    reason: str | None,
) -> bool:
    """Write a mail, `variables` as JSON text; False when the brand has one with this key already."""
    return bool(
        work.run(
            _INSERT,
            id=mail_id,
            key=key,
            template=template,
            version=version,
            locale=locale,
            recipient=recipient,
            variables=variables,
            status=status,
            reason=reason,
            now=work.now,
            settled_at=None if status is Status.QUEUED else work.now,
        )
    )


def id_of(work: Work, key: str) -> UUID:
    """The id of the mail with this key, which exists."""
    found: UUID = work.value("SELECT id FROM notifications.mails WHERE dedupe_key = %(key)s", key=key)
    return found


def lock_mail(work: Work, mail_id: UUID) -> Any | None:
    """The mail's row, locked until the end of the transaction."""
    return work.one(_LOCK, id=mail_id)


def withdraw(work: Work, mail_id: UUID, reason: str) -> None:
    """A (locked) mail that waits is not to be handed over any more."""
    work.soon(_WITHDRAW, id=mail_id, reason=reason, now=work.now)


def start_attempt(work: Work, mail_id: UUID, until: datetime) -> int:
    """The mail is `sending`, at the latest `until`; answers the number of this attempt."""
    attempt: int = work.value(_START, id=mail_id, until=until, now=work.now)
    return attempt


def end_attempt(
    work: Work,
    mail_id: UUID,
    attempt: int,
    outcome: SendOutcome,
    status: Status,
    next_attempt_at: datetime | None,
) -> bool:
    """Write down what an attempt came to and where that leaves its mail; False when it was known before."""
    known = {
        "id": mail_id,
        "attempt": attempt,
        "message_id": outcome.provider_message_id,
        "reason": outcome.reason,
    }
    if not work.run(_END, outcome=outcome.result, now=work.now, **known):
        return False
    work.soon(
        _MOVE,
        status=status,
        next_attempt_at=next_attempt_at,
        settled_at=None if status is Status.QUEUED else work.now,
        **known,
    )
    return True


def find_due(work: Work, limit: int, stuck: list[UUID]) -> list[Any]:
    """Across brands (brand_id, id): mails whose sender must be dead, and deferred ones whose time has come."""
    return work.all(_FIND_DUE, now=work.now, limit=limit, stuck=stuck)


def abandon_dead(work: Work, ids: list[UUID], reason: str | None) -> int:
    """Those of `ids` whose sender must be dead become `unknown`; answers how many."""
    return work.run(_ABANDON, ids=ids, reason=reason, now=work.now)


def take_deferred(work: Work, ids: list[UUID]) -> list[UUID]:
    """Those of `ids` that are due for another attempt, each given to one caller only."""
    return [row.id for row in work.all(_TAKE_DEFERRED, ids=ids, now=work.now)]
