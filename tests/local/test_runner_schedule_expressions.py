"""EventBridge's schedule expressions."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.schedules.expressions import BadExpression, parse

START = datetime(2026, 1, 31, 22, 30, 15, tzinfo=UTC)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def at_second(second: int) -> datetime:
    return datetime.fromtimestamp(second, UTC)


@pytest.mark.parametrize(
    ("expression", "due"),
    [
        ("rate(1 minute)", "2026-01-31T22:31:15"),
        ("rate(2 hours)", "2026-02-01T00:30:15"),
        ("rate(1 day)", "2026-02-01T22:30:15"),
        ("cron(0 3 * * ? *)", "2026-02-01T03:00:00"),
        ("cron(0/15 * * * ? *)", "2026-01-31T22:45:00"),
        ("cron(30 22 * * ? *)", "2026-02-01T22:30:00"),
        ("cron(0 0 1 * ? *)", "2026-02-01T00:00:00"),
        ("cron(0 0 L * ? *)", "2026-02-28T00:00:00"),
        ("cron(0 0 LW * ? *)", "2026-02-27T00:00:00"),
        ("cron(0 0 15W 2 ? *)", "2026-02-16T00:00:00"),
        ("cron(0 9 ? * MON-FRI *)", "2026-02-02T09:00:00"),
        ("cron(0 9 ? * 2#1 *)", "2026-02-02T09:00:00"),
        ("cron(0 9 ? * 6L *)", "2026-02-27T09:00:00"),
        ("cron(0 0 29 2 ? *)", "2028-02-29T00:00:00"),
        ("cron(5,10 8-9 1 JAN,MAR ? 2027)", "2027-01-01T08:05:00"),
        ("at(2026-03-01T10:00:00)", "2026-03-01T10:00:00"),
    ],
)
def test_the_next_time_follows_from_the_expression(expression: str, due: str) -> None:
    assert parse(expression)(START) == at(due)


def test_a_time_of_day_is_the_timezone_s_also_when_summer_begins() -> None:
    daily = parse("cron(0 3 * * ? *)", "Europe/Paris")
    assert daily(at("2026-03-28T12:00:00")) == at("2026-03-29T01:00:00")
    assert daily(at("2026-03-27T12:00:00")) == at("2026-03-28T02:00:00")


def test_what_is_past_for_good_is_never_due() -> None:
    assert parse("at(2026-01-01T00:00:00)")(START) is None
    assert parse("cron(0 0 1 1 ? 2020)")(START) is None


@pytest.mark.parametrize(
    "expression",
    ["", "every day", "rate(0 minutes)", "rate(1 week)", "cron(0 3 * * * *)", "cron(0 3 * * ?)", "cron(61 3 * * ? *)", "cron(0 3 ? * 9 *)"],
)  # fmt: skip
def test_what_eventbridge_would_refuse_is_refused(expression: str) -> None:
    with pytest.raises(BadExpression):
        parse(expression)


@given(
    st.integers(int(at("2020-01-01").timestamp()), int(at("2040-01-01").timestamp())).map(at_second),
    st.integers(0, 59),
    st.integers(0, 23),
)
def test_a_daily_time_is_within_a_day_and_after_now(moment: datetime, minute: int, hour: int) -> None:
    due = parse(f"cron({minute} {hour} * * ? *)")(moment)
    assert due is not None
    assert moment < due <= moment + timedelta(days=1)
    assert (due.minute, due.hour, due.second) == (minute, hour, 0)
