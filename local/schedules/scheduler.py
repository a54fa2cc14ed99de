"""Runs the schedules on the one clock: a moved clock makes what has become due run, once, however often it was missed."""

import asyncio
import contextlib
import json
import uuid
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from local.aws.process import REGION
from local.clock import MovableClock
from local.schedules.expressions import parse
from local.templates.stack import ACCOUNT
from local.templates.system import Function, Schedule, System
from local.workers.invoke import FunctionFailed, invoke
from local.workers.pool import Pool

_TICK_SECONDS = 0.5


class Scheduler:
    """Invokes functions by `pool` when their schedules are due; `memory` keeps when each last was, `told` hears of failures."""

    def __init__(
        self, system: System, pool: Pool, clock: MovableClock, memory: Path, told: Callable[[str], None]
    ) -> None:
        self._system, self._pool, self._clock, self._memory, self._told = system, pool, clock, memory, told
        self._next_after = {one.name: parse(one.expression, one.timezone) for one in system.schedules}
        self._last = self._remembered()
        self._due: dict[str, datetime | None] = {}
        self._locks: dict[str, asyncio.Lock] = {}
        self._runs: set[asyncio.Task[None]] = set()
        self._nudge = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self.handled = 0

    def start(self) -> None:
        """Begin; what was due while the runner was down is due now."""
        now = self._clock.now()
        for schedule in self._system.schedules:
            last = self._last.get(schedule.name)
            since = datetime.fromisoformat(last) if last else now
            self._due[schedule.name] = self._next_after[schedule.name](min(since, now))
        self._task = asyncio.create_task(self._tick())

    async def stop(self, seconds: float) -> None:
        """Start nothing more; what runs may finish within `seconds`: every job can be run again."""
        if self._task:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        if self._runs:
            _, unfinished = await asyncio.wait(self._runs, timeout=seconds)
            for run in unfinished:
                run.cancel()

    def clock_moved(self) -> None:
        """Look at once at what is due now."""
        self._nudge.set()

    def check(self) -> None:
        """Raises what ended the scheduling, which should never end by itself."""
        if self._task and self._task.done():
            self._task.result()

    def is_quiet(self) -> bool:
        """Whether nothing runs and nothing is due."""
        now = self._clock.now()
        return not self._runs and not any(due is not None and due <= now for due in self._due.values())

    async def run(self, function: Function, payload: Any = None) -> Any:
        """Run a job now, after the run of it that may be under way; answers what it returned. Raises FunctionFailed."""
        async with self._locks.setdefault(function.name, asyncio.Lock()):
            return await invoke(
                self._pool, function, payload if payload is not None else self._event(function.name)
            )

    async def _tick(self) -> None:
        while True:
            now = self._clock.now()
            for schedule in self._system.schedules:
                self._consider(schedule, now)
            self._nudge.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._nudge.wait(), _TICK_SECONDS)

    def _consider(self, schedule: Schedule, now: datetime) -> None:
        due, upcoming = self._due[schedule.name], self._next_after[schedule.name](now)
        if due is None or due > now:
            # A clock that was moved back brings the next time nearer.
            self._due[schedule.name] = min(due, upcoming) if due and upcoming else upcoming
            return
        if self._locks.setdefault(schedule.function, asyncio.Lock()).locked():
            return
        self._due[schedule.name] = upcoming
        self._last[schedule.name] = now.isoformat()
        run = asyncio.create_task(self._run_due(schedule))
        self._runs.add(run)
        run.add_done_callback(self._finished)

    async def _run_due(self, schedule: Schedule) -> None:
        try:
            await self.run(self._system.functions[schedule.function], schedule.payload)
        except FunctionFailed as failed:
            self._told(str(failed))

    def _finished(self, run: "asyncio.Task[None]") -> None:
        self._runs.discard(run)
        self.handled += 1
        if not run.cancelled() and (error := run.exception()):
            self._told(f"schedules: {error!r}")
        if not self._runs:
            self._memory.write_text(json.dumps(self._last))

    def _event(self, name: str) -> dict[str, Any]:
        """What EventBridge Scheduler sends when a schedule has no input."""
        return {
            "version": "0",
            "id": str(uuid.uuid4()),
            "detail-type": "Scheduled Event",
            "source": "aws.scheduler",
            "account": ACCOUNT,
            "time": self._clock.now().strftime("%Y-%m-%dT%H:%M:%SZ"),
            "region": REGION,
            "resources": [f"arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule/default/{name}"],
            "detail": "{}",
        }

    def _remembered(self) -> dict[str, str]:
        try:
            return dict(json.loads(self._memory.read_bytes()))
        except (OSError, ValueError):
            return {}
