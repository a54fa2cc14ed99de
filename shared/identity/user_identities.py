"""Who a user is to Google, by the one thing of Google's that never changes: its `sub`."""

from uuid import UUID

from shared.platform.work import Work

_PROVIDER = "google"

_FIND = """
    UPDATE identity.user_identities SET last_used_at = %(now)s
     WHERE provider = %(provider)s AND subject = %(subject)s RETURNING user_id
"""
_REMEMBER = """
    INSERT INTO identity.user_identities (provider, subject, user_id, email, created_at, last_used_at)
    VALUES (%(provider)s, %(subject)s, %(user_id)s, %(email)s, %(now)s, %(now)s)
    ON CONFLICT (brand_id, provider, subject) DO NOTHING
"""


def user_of(work: Work, subject: str) -> UUID | None:
    """The user who has signed in as this `sub` before."""
    user_id: UUID | None = work.value(_FIND, provider=_PROVIDER, subject=subject, now=work.now)
    return user_id


def remember(work: Work, user_id: UUID, subject: str, email: str) -> None:
    """From now on this `sub` is this user; one that is somebody's stays theirs."""
    work.run(_REMEMBER, provider=_PROVIDER, subject=subject, user_id=user_id, email=email, now=work.now)
