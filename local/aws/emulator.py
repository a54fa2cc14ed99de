"""The ASGI application around ministack: captures mails, fails on demand, and answers the runner's own questions."""

import asyncio
import re
from collections import Counter
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any

import orjson
from ministack.app import app as ministack
from ministack.core.responses import set_request_region
from ministack.services import eventbridge

from local.aws import ses
from local.aws.mailbox import Mailbox
from local.aws.process import REGION
from local.aws.queues import Queues
from shared.platform import clock

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

OWN_PREFIX = "/_runner/"
_SERVICE = re.compile(rb"Credential=[^/]+/\d+/[^/]+/([a-z0-9-]+)/")
_SENDERS = ("sqs", "events", "sns", "s3")
_EVENTS_REMEMBERED = 1000


class Emulator:
    """`faults` maps a service to `down` (503 at once) or `lost` (the effect happens, the answer is a 500)."""

    def __init__(self, mail_file: str) -> None:
        self._mailbox = Mailbox(Path(mail_file))
        self._queues = Queues()
        self._faults: dict[str, str] = {}
        self._failed: Counter[str] = Counter()

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            await ministack(scope, receive, send)
            return
        set_request_region(REGION)
        if scope["path"].startswith(OWN_PREFIX):
            await _answer(
                send, 200, await self._own(scope["path"].removeprefix(OWN_PREFIX), await _body(receive))
            )
            return
        await self._service(scope, receive, send)

    async def _service(self, scope: Message, receive: Receive, send: Send) -> None:
        signed = _SERVICE.search(dict(scope["headers"]).get(b"authorization", b""))
        service = signed[1].decode() if signed else ""
        fault = self._faults.get(service)
        if fault:
            self._failed[f"{service} {fault}"] += 1
        if fault == "down":
            await _answer(send, 503, {"__type": "ServiceUnavailable", "message": "made to fail"})
            return
        answer = _Discarded() if fault == "lost" else send
        if service == "ses":
            await self._mail(scope, receive, answer)
        else:
            await ministack(scope, receive, answer)
            if service in _SENDERS:
                self._queues.touch()
                self._forget_events(service)
        if fault == "lost":
            await _answer(send, 500, {"__type": "InternalFailure", "message": "made to lose the answer"})

    async def _mail(self, scope: Message, receive: Receive, send: Send) -> None:
        body = await _body(receive)
        status = 0

        async def replay() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        async def watch(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                if status == 200 and (record := ses.captured(scope["path"], body, clock.now())):
                    self._mailbox.append(record)
            await send(message)

        await ministack(scope, replay, watch)

    @staticmethod
    def _forget_events(service: str) -> None:
        """ministack remembers every event for as long as it runs."""
        if service == "events":
            remembered = eventbridge._events_log_list()
            if len(remembered) > _EVENTS_REMEMBERED:
                remembered.clear()

    async def _own(self, path: str, body: bytes) -> Any:
        asked = orjson.loads(body) if body else {}
        match path:
            case "receive":
                if "sqs" in self._faults:
                    await asyncio.sleep(min(asked["seconds"], 0.2))
                    return {}
                return await self._queues.receive(asked["queues"], asked["batches"], asked["seconds"])
            case "close":
                self._queues.close()
            case "depths":
                return self._queues.depths()
            case "reveal":
                self._queues.reveal()
            case "faults":
                self._faults = {name: mode for name, mode in (self._faults | asked).items() if mode != "up"}
                self._queues.touch()
                return self._faults
            case "failed":
                return self._failed
        return {}


class _Discarded:
    async def __call__(self, message: Message) -> None:
        """Nobody hears it."""


async def _body(receive: Receive) -> bytes:
    parts = []
    while True:
        message = await receive()
        parts.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(parts)


async def _answer(send: Send, status: int, document: Any) -> None:
    body = orjson.dumps(document)
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
