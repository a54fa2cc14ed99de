"""Waits until nothing is on its way any more: outbox, queues, consumers, due schedules, the provider's webhooks."""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable
from typing import Any

import psycopg

from local.aws.client import Aws, AwsFailed
from local.http_client import Unreachable
from local.queues.outbox import Outbox
from local.queues.poller import Poller
from local.schedules.scheduler import Scheduler
from local.templates.system import System
from local.workers.invoke import FunctionFailed

_LOOK_SECONDS = 0.03
_RELAY_JOB = "relay_outbox"
# While the bus takes nothing, asking it again and again would only use up the events' attempts.
_REST_SECONDS = 1.0


class Settling:
    """`webhooks()` answers how many deliveries of the provider wait."""

    def __init__(
        self,
        system: System,
        aws: Aws,
        outbox: Outbox,
        poller: Poller,
        scheduler: Scheduler,
        webhooks: Callable[[], Awaitable[int]],
    ) -> None:
        self._aws, self._outbox, self._poller, self._scheduler = aws, outbox, poller, scheduler
        self._webhooks = webhooks
        self._fed = {source.queue for source in system.sources}
        self._relay, self._sweeps_from = system.job(_RELAY_JOB), 0.0

    async def wait(self, seconds: float) -> dict[str, Any]:
        """`{"settled": bool, "seconds": …}`, and what still waits when it is not settled."""
        began = time.monotonic()
        while True:
            waiting = await self._waiting()
            took = round(time.monotonic() - began, 3)
            if waiting is not None and not any(waiting.values()):
                return {"settled": True, "seconds": took}
            if took >= seconds:
                return {"settled": False, "seconds": took, "waiting": waiting or {}}
            await self._sweep(waiting)
            await asyncio.sleep(_LOOK_SECONDS)

    async def drain(self, seconds: float) -> None:
        """Wait, for at most so long, for what consumers are busy with; the provider and schedules are no longer asked."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            waiting = await self._waiting()
            if waiting is not None and not (
                waiting.get("outbox") or waiting.get("queues") or waiting.get("consumers")
            ):
                return
            await self._sweep(waiting)
            await asyncio.sleep(_LOOK_SECONDS)

    async def _sweep(self, waiting: dict[str, Any] | None) -> None:
        """Have the relay's schedule run now, not at the next minute, when all that waits is events that no wake is under way for."""
        if not waiting or not waiting.get("outbox") or self._relay is None:
            return
        if any(waiting[other] for other in ("queues", "consumers", "schedules")):
            return
        if time.monotonic() < self._sweeps_from:
            return
        published = 0
        with contextlib.suppress(FunctionFailed):
            published = (await self._scheduler.run(self._relay))["processed"]
        if not published:
            self._sweeps_from = time.monotonic() + _REST_SECONDS

    async def _waiting(self) -> dict[str, Any] | None:
        """What waits; None when something ended meanwhile, which may have told more behind our back."""
        before = self._poller.handled + self._scheduler.handled
        try:
            pending = (await self._outbox.waiting()).pending
            depths = await self._aws.own("depths")
            webhooks = await self._pending_webhooks()
        except (psycopg.Error, AwsFailed, Unreachable) as error:
            return {"error": str(error)}
        queues = {
            name: sum(depth.values())
            for name, depth in depths.items()
            if name in self._fed and any(depth.values())
        }
        waiting = {
            "outbox": pending,
            "queues": queues,
            "consumers": not self._poller.is_quiet(),
            "schedules": not self._scheduler.is_quiet(),
            "webhooks": webhooks,
        }
        return waiting if before == self._poller.handled + self._scheduler.handled else None

    async def _pending_webhooks(self) -> int:
        try:
            return await self._webhooks()
        except Unreachable:
            return 0
