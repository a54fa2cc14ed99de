"""Periods of whole days in a brand's own time, and the one before. Pure."""

from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from shared.kernel.refusals import Invalid

USUAL_DAYS = 30
MOST_DAYS = 731
_FIRST_DAY, _LAST_DAY = date(2000, 1, 1), date(2200, 1, 1)


class PeriodInvalid(Invalid):
    """A period ends on the day it begins or later, and has 731 days at most."""


class Period(NamedTuple):
    """Days from `first` to `last`, both whole, as they are in `zone`."""

    first: date
    last: date
    zone: ZoneInfo

    @property
    def days(self) -> int:
        """How many."""
        return (self.last - self.first).days + 1

    @property
    def since(self) -> datetime:
        """When its first day begins."""
        return datetime.combine(self.first, time(), self.zone)

    @property
    def until(self) -> datetime:
        """When the day after its last one begins."""
        return datetime.combine(self.last + timedelta(days=1), time(), self.zone)

    @property
    def before(self) -> "Period":
        """As many days just before it."""
        length = timedelta(days=self.days)
        return Period(self.first - length, self.last - length, self.zone)


def period(first: date | None, last: date | None, timezone: str, now: datetime) -> Period:
    """The days that are asked for: up to today unless `last` says otherwise, 30 of them unless `first` does. Raises PeriodInvalid."""
    zone = ZoneInfo(timezone)
    if first is not None and not _FIRST_DAY <= first <= _LAST_DAY:
        raise PeriodInvalid
    if last is not None and not _FIRST_DAY <= last <= _LAST_DAY:
        raise PeriodInvalid
    last = last or max(now.astimezone(zone).date(), first or _FIRST_DAY)
    found = Period(first or last - timedelta(days=USUAL_DAYS - 1), last, zone)
    if not 1 <= found.days <= MOST_DAYS:
        raise PeriodInvalid
    return found
