"""Timers are armed by whoever writes, and rest while nothing waits, without ever being needed for it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.platform import aws, clock, timers
from shared.platform.doors.job import Job, job

WRITTEN_AT = datetime(2026, 3, 1, 10, 7, tzinfo=UTC)


class Table:
    """DynamoDB's table of one item, and the one clock."""

    def __init__(self) -> None:
        self.now = WRITTEN_AT
        self.item: dict[str, Any] | None = None
        self.calls: list[str] = []
        self.down = False

    def call(self, service: str, operation: str, body: dict[str, Any], timeout: float = 0) -> dict[str, Any]:
        self.calls.append(operation)
        if self.down:
            raise OSError("down")
        assert (service, body["TableName"]) == ("dynamodb", "dev-limits")
        if operation == "UpdateItem":
            self.item = {"armed_until": body["ExpressionAttributeValues"][":until"]}
            return {}
        return {"Item": self.item} if self.item else {}


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch) -> Iterator[Table]:
    made = Table()
    monkeypatch.setenv("TIMERS_TABLE", "dev-limits")
    monkeypatch.setattr(aws, "call", made.call)
    monkeypatch.setattr(clock, "now", lambda: made.now)
    timers.forget()
    yield made
    timers.forget()


def test_a_deployment_whose_database_never_rests_pays_for_no_call(
    table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TIMERS_TABLE")
    timers.arm()
    assert not timers.resting("1 minute")
    assert timers.slack() == timedelta(0)
    assert table.calls == []


def test_jobs_look_for_two_hours_after_a_write_and_rest_then(table: Table) -> None:
    timers.arm()
    table.now += timers.ARMED_FOR
    assert not timers.resting("1 minute")
    table.now += timedelta(seconds=1)
    assert timers.resting("1 minute")
    timers.arm()
    assert not timers.resting("1 minute")


def test_a_warm_function_says_it_once_in_a_quarter_of_an_hour(table: Table) -> None:
    for _ in range(10):
        timers.arm()
    table.now += timedelta(minutes=15)
    timers.arm()
    assert table.calls == ["UpdateItem"] * 2


@pytest.mark.parametrize("every", ["1 minute", "5 minutes", "10 minutes"])
def test_every_job_looks_once_an_hour_all_the_same(table: Table, every: str) -> None:
    timers.arm()
    begun = WRITTEN_AT.replace(hour=20, minute=0)
    period = int(every.partition(" ")[0])
    # A rate begins whenever its schedule was made.
    for offset in range(period):
        looks = 0
        for minute in range(offset, 60, period):
            table.now = begun.replace(minute=minute)
            looks += not timers.resting(every)
        assert looks == 1


@pytest.mark.parametrize("every", ["1 hour", "1 day", "cron(0 3 * * ? *)"])
def test_jobs_of_longer_periods_never_rest(table: Table, every: str) -> None:
    timers.arm()
    table.now += timedelta(days=1)
    assert not timers.resting(every)


def test_nobody_rests_before_anything_was_ever_written(table: Table) -> None:
    assert not timers.resting("1 minute")


def test_when_the_table_is_down_writers_write_and_jobs_look(table: Table) -> None:
    table.down = True
    timers.arm()
    assert not timers.resting("1 minute")
    table.down = False
    timers.arm()
    assert table.item is not None


def a_job(runs: list[str]) -> Job:
    def story() -> tuple[int, int]:
        runs.append("ran")
        return 0, 0

    return job("look", story, every="1 minute")


def test_a_scheduled_job_that_rests_leaves_the_database_alone(table: Table) -> None:
    timers.arm()
    table.now += timedelta(hours=3)
    runs: list[str] = []
    answer = a_job(runs)({"source": "aws.scheduler"})
    assert (runs, answer) == ([], {"job": "look", "processed": 0, "failed": 0, "finished": True})


def test_a_job_that_somebody_runs_by_hand_never_rests(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    timers.arm()
    table.now += timedelta(hours=3)
    runs: list[str] = []
    monkeypatch.setattr(Job, "_note", lambda *_: None)
    a_job(runs)({})
    assert runs == ["ran"]
