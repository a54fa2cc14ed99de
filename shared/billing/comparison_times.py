"""When money is next compared with what its provider has. Pure."""

from datetime import datetime, timedelta

# Stripe lists what has moved, so that nothing need be asked about one by one. PayPal's published APIs list nothing.
ONE_BY_ONE = frozenset({"paypal"})
YOUNG_FOR = timedelta(days=1)
WHILE_YOUNG = timedelta(minutes=15)
LATER = timedelta(days=1)
OLD_AFTER = timedelta(days=30)
WHEN_OLD = timedelta(days=7)
# An order that nobody captured is gone after three hours; nothing comes of a dead payment after them.
DEAD_FOR_GOOD = timedelta(hours=4)
# PayPal gives money back for 180 days, and its payers may contest a payment for as long:
# https://www.paypal.com/us/cshelp/article/how-do-i-issue-a-refund-help101
ENDS_AFTER = timedelta(days=190)
# What is listed again although it was before: clocks differ, and what was on its way then may have been listed late.
OVERLAP = timedelta(hours=1)
# Once a day more, and at the first run: what a longer outage, of ours or of the provider's, may have left.
DAILY = timedelta(days=3)


def next_comparison(
    gateway: str, created_at: datetime, now: datetime, *, dead: bool = False
) -> datetime | None:
    """The next time for a payment that was made then and has just been compared; None for those that are listed, too old, or `dead`
    for so long that nothing can come of them."""
    age = now - created_at
    if gateway not in ONE_BY_ONE or age >= ENDS_AFTER or (dead and age >= DEAD_FOR_GOOD):
        return None
    return now + (WHILE_YOUNG if age < YOUNG_FOR else LATER if age < OLD_AFTER else WHEN_OLD)


def listed_since(reached_until: datetime | None, now: datetime) -> datetime:
    """From when on a provider's lists are read, after a run that had reached so far (None: there was none)."""
    if reached_until is None or reached_until.date() != now.date():
        return min(now - DAILY, reached_until or now) - OVERLAP
    return reached_until - OVERLAP
