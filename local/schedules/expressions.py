"""EventBridge's schedule expressions: `rate(5 minutes)`, `cron(0 3 * * ? *)`, `at(2026-01-31T10:00:00)`.

https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

_UNITS = {"minute": 60, "hour": 3600, "day": 86400}
_MONTHS = dict(
    zip(
        ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"],
        range(1, 13),
        strict=True,
    )
)
_DAYS = dict(zip(["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"], range(1, 8), strict=True))
_LAST_YEAR = 2199
_CALL = re.compile(r"(rate|cron|at)\((.*)\)\Z")

NextAfter = Callable[[datetime], datetime | None]


class BadExpression(ValueError):
    """The schedule expression cannot be read."""


def parse(expression: str, timezone: str = "UTC") -> NextAfter:
    """A function from a moment to the first due moment after it (aware, UTC), None when there is none any more."""
    found = _CALL.match(expression.strip())
    if found is None:
        raise BadExpression(expression)
    try:
        return _KINDS[found[1]](found[2].strip(), ZoneInfo(timezone))
    except (ValueError, KeyError, IndexError) as error:
        raise BadExpression(expression) from error


def _rate(text: str, _: ZoneInfo) -> NextAfter:
    number, unit = text.split()
    period = timedelta(seconds=int(number) * _UNITS[unit.removesuffix("s")])
    if period <= timedelta(0):
        raise BadExpression(text)
    return lambda moment: moment + period


def _at(text: str, zone: ZoneInfo) -> NextAfter:
    due = datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)
    return lambda moment: due if due > moment else None


@dataclass(frozen=True, slots=True)
class _Cron:
    minutes: frozenset[int]
    hours: frozenset[int]
    days: str
    months: frozenset[int]
    weekdays: str
    years: frozenset[int]

    def next_after(self, moment: datetime, zone: ZoneInfo) -> datetime | None:
        """Day by day, then within the day: at most a few hundred steps for any expression that has a next time soon."""
        day = moment.astimezone(zone).date()
        while day.year <= _LAST_YEAR:
            if day.year not in self.years:
                later = [year for year in self.years if year > day.year]
                if not later:
                    return None
                day = date(min(later), 1, 1)
            elif day.month not in self.months:
                day = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
            else:
                due = self._within(day, moment, zone)
                if due is not None:
                    return due
                day += timedelta(days=1)
        return None

    def _within(self, day: date, moment: datetime, zone: ZoneInfo) -> datetime | None:
        if not (_matches_day(self.days, day) and _matches_weekday(self.weekdays, day)):
            return None
        for hour in sorted(self.hours):
            for minute in sorted(self.minutes):
                due = datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone).astimezone(UTC)
                if due > moment:
                    return due
        return None


def _cron(text: str, zone: ZoneInfo) -> NextAfter:
    minutes, hours, days, months, weekdays, years = text.upper().split()
    if (days == "?") == (weekdays == "?"):
        raise BadExpression(text)
    cron = _Cron(
        _values(minutes, 0, 59),
        _values(hours, 0, 23),
        days,
        _values(months, 1, 12, _MONTHS),
        weekdays,
        _values(years, 1970, _LAST_YEAR),
    )
    _matches_day(days, date(2026, 1, 1))
    _matches_weekday(weekdays, date(2026, 1, 1))
    return lambda moment: cron.next_after(moment, zone)


def _values(field: str, low: int, high: int, names: dict[str, int] | None = None) -> frozenset[int]:
    """The numbers that a field such as `1-5,10/15,*` stands for."""
    found: set[int] = set()
    for part in field.split(","):
        span, _, step = part.partition("/")
        if span == "*":
            first, last = low, high
        elif "-" in span:
            first, last = (_number(end, names) for end in span.split("-"))
        else:
            first = _number(span, names)
            last = high if step else first
        if not (low <= first <= last <= high):
            raise BadExpression(field)
        found.update(range(first, last + 1, int(step or 1)))
    return frozenset(found)


def _number(text: str, names: dict[str, int] | None) -> int:
    return names[text] if names and text in names else int(text)


def _month_end(day: date) -> int:
    return ((day.replace(day=1) + timedelta(days=32)).replace(day=1) - timedelta(days=1)).day


def _matches_day(field: str, day: date) -> bool:
    if field in ("*", "?"):
        return True
    if field == "L":
        return day.day == _month_end(day)
    if field == "LW":
        return day.day == _nearest_weekday(day, _month_end(day))
    if field.endswith("W"):
        return day.day == _nearest_weekday(day, int(field[:-1]))
    return day.day in _values(field, 1, 31)


def _nearest_weekday(day: date, wanted: int) -> int:
    """The weekday nearest to the wanted day, within the same month."""
    last = _month_end(day)
    wanted = min(wanted, last)
    weekday = day.replace(day=wanted).isoweekday()
    if weekday == 6:
        return wanted - 1 if wanted > 1 else wanted + 2
    if weekday == 7:
        return wanted + 1 if wanted < last else wanted - 2
    return wanted


def _matches_weekday(field: str, day: date) -> bool:
    if field in ("*", "?"):
        return True
    own = day.isoweekday() % 7 + 1
    if field == "L":
        return own == 7
    if field.endswith("L"):
        return own == _number(field[:-1], _DAYS) and day.day > _month_end(day) - 7
    if "#" in field:
        weekday, _, nth = field.partition("#")
        return own == _number(weekday, _DAYS) and (day.day - 1) // 7 + 1 == int(nth)
    return own in _values(field, 1, 7, _DAYS)


_KINDS: dict[str, Callable[[str, ZoneInfo], NextAfter]] = {
    "rate": _rate,
    "cron": _cron,
    "at": _at,
}
