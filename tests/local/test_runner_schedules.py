"""Schedules on the one clock: a moved clock runs what has become due, once."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import uvloop

from local.clock import MovableClock, OutOfReach
from local.schedules.scheduler import Scheduler
from local.templates.system import Schedule, System
from tests.local import runner_parts

STEPPING = runner_parts.function("stepping")
SLEEP = runner_parts.function("sleep")


@asynccontextmanager
async def scheduling(folder: Path, *schedules: Schedule) -> AsyncIterator[tuple[Scheduler, MovableClock]]:
    functions = {one.name: one for one in (STEPPING, SLEEP)}
    system = System(functions=functions, schedules=list(schedules))
    clock = MovableClock(folder / "clock")
    async with runner_parts.pool(2, STEPPING, SLEEP) as pool:
        scheduler = Scheduler(system, pool, clock, folder / "schedules.json", print)
        scheduler.start()
        yield scheduler, clock
        await scheduler.stop(5)


async def until(holds: Callable[[], object]) -> None:
    async with asyncio.timeout(10):
        while not holds():
            await asyncio.sleep(0.01)


def noting(folder: Path, expression: str) -> Schedule:
    return Schedule("noting", STEPPING.name, expression, payload={"note": str(folder / "note")})


def runs(folder: Path) -> int:
    note = folder / "note"
    return len(note.read_text().splitlines()) if note.exists() else 0


def test_a_moved_clock_runs_once_what_was_missed_often(tmp_path: Path) -> None:
    async def story() -> None:
        async with scheduling(tmp_path, noting(tmp_path, "rate(1 day)")) as (scheduler, clock):
            assert scheduler.is_quiet()
            clock.advance(timedelta(days=40).total_seconds())
            assert not scheduler.is_quiet()
            scheduler.clock_moved()
            await until(scheduler.is_quiet)
            assert runs(tmp_path) == 1
            clock.advance(timedelta(hours=23).total_seconds())
            assert scheduler.is_quiet()
            clock.advance(timedelta(hours=1).total_seconds())
            scheduler.clock_moved()
            await until(lambda: runs(tmp_path) == 2)

    uvloop.run(story())


def test_a_clock_moved_back_does_not_silence_a_schedule(tmp_path: Path) -> None:
    async def story() -> None:
        async with scheduling(tmp_path, noting(tmp_path, "rate(1 day)")) as (scheduler, clock):
            clock.advance(-timedelta(days=400).total_seconds())
            scheduler.clock_moved()
            await asyncio.sleep(0.05)
            clock.advance(timedelta(days=2).total_seconds())
            scheduler.clock_moved()
            await until(lambda: runs(tmp_path) == 1)

    uvloop.run(story())


def test_what_was_due_while_nothing_ran_is_due_at_the_next_start(tmp_path: Path) -> None:
    yesterday = (datetime.now(UTC) - timedelta(days=1, minutes=1)).isoformat()
    (tmp_path / "schedules.json").write_text(json.dumps({"noting": yesterday}))

    async def story() -> None:
        async with scheduling(tmp_path, noting(tmp_path, "rate(1 day)")):
            await until(lambda: runs(tmp_path) == 1)

    uvloop.run(story())
    assert json.loads((tmp_path / "schedules.json").read_bytes())["noting"] > yesterday


def test_a_job_runs_one_at_a_time(tmp_path: Path) -> None:
    schedule = Schedule("sleeping", SLEEP.name, "rate(1 minute)", payload={"seconds": 0.3})

    async def story() -> None:
        async with scheduling(tmp_path, schedule) as (scheduler, _):
            loop = asyncio.get_running_loop()
            began = loop.time()
            await asyncio.gather(*(scheduler.run(SLEEP, {"seconds": 0.3}) for _ in range(2)))
            # Side by side they would take half of it, on however slow a machine.
            assert loop.time() - began >= 0.6

    uvloop.run(story())


def test_the_clock_moves_ticks_on_and_survives(tmp_path: Path) -> None:
    clock = MovableClock(tmp_path / "clock")
    clock.advance(3600)
    clock.set_to(datetime(2030, 1, 1, tzinfo=UTC))
    again = MovableClock(tmp_path / "clock")
    assert timedelta(0) <= again.now() - datetime(2030, 1, 1, tzinfo=UTC) < timedelta(minutes=1)
    with pytest.raises(OutOfReach):
        clock.advance(float("nan"))
    with pytest.raises(OutOfReach):
        clock.advance(1e12)
