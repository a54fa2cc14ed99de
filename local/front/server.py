"""Listens, routes each request to its function's workers, and answers in the gateway's words when they cannot."""

import asyncio
import socket
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from local.front import answer, event
from local.front.connection import HttpConnection, Request
from local.front.routes import Gateway
from local.templates.system import Function
from local.workers.frames import Kind
from local.workers.pool import Invocation, Pool

GATEWAY_SECONDS = 29.0
LOCAL_PREFIX = "/_local"
# Lambda takes 6 MB of event from the gateway.
_MAX_FUNCTION_BODY = 6 * 1024 * 1024
_SWEEP_SECONDS = 0.25

Surface = Callable[[Request], Awaitable[bytes]]


@dataclass(slots=True)
class _Pending:
    respond: Callable[[bytes], None] | None
    is_head: bool
    deadline: float
    invocation: Invocation | None = None

    def answer(self, data: bytes) -> None:
        respond, self.respond, self.invocation = self.respond, None, None
        if respond is not None:
            respond(data)


class Front:
    """Serves `gateway`'s routes by `pool`, and everything below /_local by `surface`.

    `prefix` is the stage's, which function names begin with.
    """

    def __init__(
        self,
        gateway: Gateway,
        functions: dict[str, Function],
        prefix: str,
        pool: Pool,
        surface: Surface,
        port: int,
    ) -> None:
        self._gateway, self._functions, self._prefix = gateway, functions, prefix
        self._pool, self._surface, self._port = pool, surface, port
        self._connections: set[HttpConnection] = set()
        self._pending: deque[_Pending] = deque()
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None
        self._sweeper: asyncio.Task[None] | None = None

    async def start(self, listening: socket.socket) -> None:
        """Accept connections on a bound socket."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: HttpConnection(self._serve, self._connections), sock=listening, backlog=2048
        )
        self._sweeper = asyncio.create_task(self._sweep())

    async def drain(self, seconds: float) -> None:
        """Accept nothing more and let what is being answered be answered, for at most `seconds`."""
        if self._server:
            self._server.close()
        for connection in list(self._connections):
            connection.close_when_idle()
        until = time.monotonic() + seconds
        while self._connections and time.monotonic() < until:
            await asyncio.sleep(0.02)
        for connection in list(self._connections):
            connection.close()
        if self._sweeper:
            self._sweeper.cancel()

    def _serve(self, request: Request) -> None:
        if request.path.startswith(LOCAL_PREFIX):
            task = asyncio.ensure_future(self._serve_locally(request))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
            return
        is_head = request.method == "HEAD"
        route, parameters = self._gateway.match(request.method, request.path)
        function = self._functions.get(self._prefix + route.function) if route else None
        if route is None or function is None:
            request.answer(answer.message(404, "Not Found", is_head))
            return
        if len(request.body) > _MAX_FUNCTION_BODY:
            request.answer(answer.message(413, "Request Entity Too Large", is_head))
            return
        payload = event.build(
            route,
            parameters,
            request.method,
            request.path,
            request.query,
            request.headers,
            request.body,
            request.source_ip,
            self._port,
        )
        self._invoke(request, function, payload, is_head)

    def _invoke(self, request: Request, function: Function, payload: dict[str, Any], is_head: bool) -> None:
        pending = _Pending(request.answer, is_head, time.monotonic() + GATEWAY_SECONDS)

        def done(kind: Kind, data: bytes) -> None:
            if kind == Kind.HTTP:
                pending.answer(data)
            else:
                pending.answer(answer.message(500, "Internal Server Error", is_head))

        pending.invocation = invocation = Invocation(
            function.name,
            payload,
            payload["requestContext"]["requestId"],
            function.timeout,
            done,
            "HEAD" if is_head else "GET",
        )
        self._pending.append(pending)
        if not self._pool.submit(invocation):
            pending.answer(answer.message(503, "Service Unavailable", is_head))

    async def _serve_locally(self, request: Request) -> None:
        request.answer(await self._surface(request))

    async def _sweep(self) -> None:
        """Give up, as the gateway does, on what has taken too long; its function runs on."""
        while True:
            await asyncio.sleep(_SWEEP_SECONDS)
            now = time.monotonic()
            while self._pending and (self._pending[0].respond is None or now > self._pending[0].deadline):
                late = self._pending.popleft()
                if late.respond is not None:
                    if late.invocation:
                        late.invocation.cancelled = True
                    late.answer(answer.message(503, "Service Unavailable", late.is_head))
