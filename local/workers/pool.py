"""A pool of workers with a bounded queue before them."""

import asyncio
import socket
import subprocess
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, cast

import orjson

from local.workers.frames import HEADER, Kind, pack

Done = Callable[[Kind, bytes], None]
Spawn = Callable[[socket.socket], subprocess.Popen[bytes]]

_SWEEP_SECONDS = 0.1
_HEALTHY_SECONDS = 2.0
_PRELOAD_PAUSE_SECONDS = 0.02


@dataclass(slots=True)
class Invocation:
    """One event for one function. `timeout` in seconds counts from the moment a worker takes it."""

    function: str
    event: Any
    request_id: str
    timeout: float
    done: Done
    http: str = ""
    cancelled: bool = False


class Pool:
    """`size` workers made by `spawn`; each is told of `functions` (see local.workers.__main__) when it starts."""

    def __init__(
        self, name: str, size: int, spawn: Spawn, functions: dict[str, Any], queue_limit: int
    ) -> None:
        self.name, self.size = name, size
        self._spawn, self._queue_limit = spawn, queue_limit
        self._functions = pack(Kind.INVOKE, orjson.dumps(functions))
        self._workers: set[_Worker] = set()
        self._idle: list[_Worker] = []
        self._queue: deque[Invocation] = deque()
        self._to_preload: list[str] = []
        self._failures = 0
        self._stopping = False
        self._sweeper: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Start the workers."""
        self._sweeper = asyncio.create_task(self._sweep())
        for _ in range(self.size):
            await self._add()

    def submit(self, invocation: Invocation) -> bool:
        """Run it when a worker is free; False when too many wait already."""
        if self._idle:
            self._idle.pop().run(invocation)
        elif len(self._queue) >= self._queue_limit:
            return False
        else:
            self._queue.append(invocation)
        return True

    def free(self) -> int:
        """How many workers wait for work."""
        return len(self._idle)

    def is_quiet(self) -> bool:
        """Whether nothing runs and nothing waits."""
        return not self._queue and not any(worker.current for worker in self._workers)

    def preload(self, functions: Iterable[str]) -> None:
        """Import these functions' handlers whenever a worker has nothing else to do."""
        self._to_preload = list(functions)
        for worker in list(self._idle):
            self._preload_next(worker)

    def kill_one(self) -> bool:
        """Kill a worker, a busy one first: a fault on purpose."""
        for worker in sorted(self._workers, key=lambda worker: worker.current is None):
            worker.kill()
            return True
        return False

    async def stop(self) -> None:
        """Let go of the workers; what runs is cut off."""
        self._stopping = True
        if self._sweeper:
            self._sweeper.cancel()
        workers = list(self._workers)
        for worker in workers:
            worker.kill()
        for worker in workers:
            await asyncio.to_thread(worker.process.wait)

    async def _add(self) -> None:
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        with theirs:
            process = self._spawn(theirs)
        worker = _Worker(self, process)
        await asyncio.get_running_loop().create_unix_connection(lambda: worker, sock=ours)
        self._workers.add(worker)
        worker.transport.write(self._functions)
        self.became_free(worker)

    def became_free(self, worker: "_Worker") -> None:
        """A worker asks for work."""
        while self._queue:
            invocation = self._queue.popleft()
            if not invocation.cancelled:
                worker.run(invocation)
                return
        self._idle.append(worker)
        if worker.preloaded < len(self._to_preload):
            loop = asyncio.get_running_loop()
            loop.call_later(_PRELOAD_PAUSE_SECONDS, self._preload_next, worker)

    def _preload_next(self, worker: "_Worker") -> None:
        if worker in self._idle and worker.preloaded < len(self._to_preload):
            self._idle.remove(worker)
            worker.preload(self._to_preload[worker.preloaded])

    def lost(self, worker: "_Worker") -> None:
        """A worker is gone: put another in its place, ever more slowly if they die young."""
        self._workers.discard(worker)
        self.take_back(worker)
        if self._stopping:
            return
        self._failures = 0 if worker.answered or worker.age() > _HEALTHY_SECONDS else self._failures + 1
        delay = 0.0 if self._failures < 3 else min(5.0, 0.1 * 2**self._failures)
        asyncio.get_running_loop().call_later(delay, self._replace)

    def take_back(self, worker: "_Worker") -> None:
        """Give the worker nothing more."""
        if worker in self._idle:
            self._idle.remove(worker)

    def _replace(self) -> None:
        if not self._stopping:
            task = asyncio.ensure_future(self._add())
            task.add_done_callback(lambda done: done.exception())

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(_SWEEP_SECONDS)
            now = time.monotonic()
            for worker in list(self._workers):
                if worker.current and now > worker.expires:
                    worker.time_out()


class _Worker(asyncio.Protocol):
    """The runner's end of one worker process."""

    transport: asyncio.Transport

    def __init__(self, pool: Pool, process: subprocess.Popen[bytes]) -> None:
        self._pool, self.process = pool, process
        self._buffer = bytearray()
        self._born = time.monotonic()
        self._is_dying = False
        self.current: Invocation | None = None
        self.expires = 0.0
        self.preloaded = self.answered = 0

    def age(self) -> float:
        """Seconds since the process was started."""
        return time.monotonic() - self._born

    def run(self, invocation: Invocation) -> None:
        """Hand the event over."""
        self.current = invocation
        self.expires = time.monotonic() + invocation.timeout
        call = {
            "function": invocation.function,
            "event": invocation.event,
            "id": invocation.request_id,
            "deadline": time.time() + invocation.timeout,
            "http": invocation.http,
        }
        self.transport.write(pack(Kind.INVOKE, orjson.dumps(call)))

    def preload(self, function: str) -> None:
        """Have the function imported."""
        self.preloaded += 1
        self.transport.write(pack(Kind.PRELOAD, function.encode()))

    def time_out(self) -> None:
        """End an invocation that took longer than its function may."""
        self._finish(Kind.TIMED_OUT, b"")
        self.kill()

    def kill(self) -> None:
        """End the process at once."""
        self._is_dying = True
        self._pool.take_back(self)
        self.process.kill()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        buffer = self._buffer
        buffer += data
        if self._is_dying or len(buffer) < HEADER.size:
            return
        size, kind = HEADER.unpack_from(buffer)
        end = HEADER.size + size
        if len(buffer) < end:
            return
        payload = bytes(memoryview(buffer)[HEADER.size : end])
        buffer.clear()
        self.answered += 1
        if kind != Kind.LOADED:
            self._finish(Kind(kind), payload)
        self._pool.became_free(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self._finish(Kind.CRASHED, b"")
        self.kill()
        self._pool.lost(self)
        self.process.poll()

    def _finish(self, kind: Kind, payload: bytes) -> None:
        invocation, self.current = self.current, None
        if invocation is not None:
            invocation.done(kind, payload)
