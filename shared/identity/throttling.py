"""How long somebody waits who has failed to sign in, and when a mailed link is needed. Pure rules."""

from datetime import datetime, timedelta

# Spec 02: after 10 failures in 15 min the account needs a mailed link.
WINDOW = timedelta(minutes=15)
FAILURES_BEFORE_LOCK = 10
# People mistype; machines do not stop. An address may be a whole office's.
FREE_FAILURES_OF_ACCOUNT = 5
FREE_FAILURES_OF_ADDRESS = 20
_FIRST_DELAY = timedelta(seconds=1)
_LONGEST_DELAY = timedelta(minutes=1)


def delay(failures: int, free: int) -> timedelta:
    """How long after the last of `failures` the next try may come: nothing for the first `free`, then twice as long each time."""
    if failures < free:
        return timedelta(0)
    # The exponent is bounded before it makes a number that no clock holds.
    doublings = min(failures - free, (_LONGEST_DELAY // _FIRST_DELAY).bit_length())
    return min(_FIRST_DELAY * (1 << doublings), _LONGEST_DELAY)


def seconds_to_wait(failures: int, failed_at: datetime, since: datetime, free: int, now: datetime) -> int:
    """Whole seconds until the next try; 0 when it may be now. Failures of before the window do not count."""
    if since <= now - WINDOW:
        return 0
    left = failed_at + delay(failures, free) - now
    return max(0, -(-int(left.total_seconds() * 1000) // 1000))
