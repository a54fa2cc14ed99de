"""What only somebody may do who has just shown who they are: a token that was stolen an hour ago may not."""

from datetime import datetime, timedelta

from shared.identity.callers import Member
from shared.kernel.refusals import Forbidden

RECENT = timedelta(minutes=10)


class RecentSignInRequired(Forbidden):
    """Sign in again first: this is only done within ten minutes of signing in."""


def check_recent(caller: Member, now: datetime) -> None:
    """Raises RecentSignInRequired unless the session has just begun."""
    if caller.signed_in_at is None or caller.signed_in_at <= now - RECENT:
        raise RecentSignInRequired
