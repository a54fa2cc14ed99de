"""Personal data in mails: what is handed out, and what an erasure does."""

from datetime import timedelta

from shared.kernel.retention_law import ACCOUNTABILITY
from shared.platform.personal_data import Erased, Exported, Fate, Kept, Person, Planned
from shared.platform.work import Work

_GONE = "erased@erased.invalid"
_REASON = "erased at the recipient's request"

PLAN = (
    Planned("notifications.mails", ("recipient", "variables", "reason"), Fate.PSEUDONYMISED),
    Planned("notifications.mail_sends", ("reason",), Fate.ERASED),
)

# How long the mail that answers an erasure is kept, to show that it was answered.
ANSWER_KEPT = timedelta(days=30)

_OF_PERSON = "(lower(recipient) = ANY(%(emails)s) AND dedupe_key <> %(answer)s)"
_OLD_ANSWER = "(dedupe_key = %(answer)s AND queued_at <= %(before)s)"
# The row stays: its key keeps a late delivery from mailing once more.
_ERASE = f"""
    WITH gone AS (
        UPDATE notifications.mails
           SET recipient = %(gone)s, variables = '{{}}', reason = %(reason)s,
               status = CASE WHEN status IN ('queued', 'sending') THEN 'failed' ELSE status END,
               next_attempt_at = NULL, sending_until = NULL, settled_at = coalesce(settled_at, %(now)s)
         WHERE recipient <> %(gone)s AND ({_OF_PERSON} OR {_OLD_ANSWER})
        RETURNING id
    ), sends AS (
        UPDATE notifications.mail_sends SET reason = NULL WHERE mail_id IN (SELECT id FROM gone)
    )
    SELECT count(*) FROM gone
"""


def export(work: Work, person: Person) -> Exported:
    """Every mail to the person: which, when, and what became of it. Links that open something stay out."""
    rows = work.all(
        """SELECT id, template, locale, recipient, status, queued_at, settled_at,
                  CASE WHEN variables ? 'sealed' THEN '{}'::jsonb ELSE variables END AS variables
             FROM notifications.mails WHERE lower(recipient) = ANY(%(emails)s) ORDER BY id""",
        emails=person.email_keys,
    )
    return Exported({"mails": [row._asdict() for row in rows]})


def erase(work: Work, person: Person, answer: str) -> Erased:
    """Take the person out of every mail to their addresses; that of the key `answer`, which answered them, waits for its time."""
    rows = work.value(
        _ERASE,
        emails=person.email_keys,
        answer=answer,
        before=work.now - ANSWER_KEPT,
        gone=_GONE,
        reason=_REASON,
        now=work.now,
    )
    left = work.value(
        "SELECT queued_at FROM notifications.mails WHERE dedupe_key = %(answer)s AND recipient <> %(gone)s",
        answer=answer,
        gone=_GONE,
    )
    return Erased(rows, (Kept("answer", ACCOUNTABILITY, left + ANSWER_KEPT),) if left else ())
