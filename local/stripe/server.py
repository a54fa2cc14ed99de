"""The HTTP surface (ASGI): Stripe's API under /v1, the bank's page, and /_control."""

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from local.stripe import authentication, identity_page, schemas
from local.stripe.application import Api, Call, ConnectionCut, Reply, first
from local.stripe.errors import ApiError

type Scope = dict[str, Any]
type Receive = Callable[[], Awaitable[dict[str, Any]]]
type Send = Callable[[dict[str, Any]], Awaitable[None]]

_JSON = {"content-type": "application/json"}


class CuttingProtocol(HttpToolsProtocol):
    """uvicorn's protocol, whose requests can cut their own connection."""

    def on_message_begin(self) -> None:
        """Hand the request the means to cut its connection."""
        super().on_message_begin()
        self.scope.setdefault("extensions", {})["local.cut"] = {"cut": self.transport.abort}


class Server:
    """The ASGI application."""

    def __init__(self, api: Api) -> None:
        self._api = api

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or the process's lifespan."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        headers = {name.decode().lower(): value.decode("latin-1") for name, value in scope["headers"]}
        call = Call(
            scope["method"],
            scope["path"],
            scope["query_string"].decode(),
            headers,
            body.decode("utf-8", "replace"),
        )
        try:
            reply = await self._route(call)
        except ConnectionCut:
            scope["extensions"]["local.cut"]["cut"]()
            return
        except ApiError as error:
            reply = Reply(error.status, json.dumps({"error": error.error}), dict(_JSON))
        named = {**_JSON, **reply.headers} if reply.body else reply.headers
        sent = reply.body.encode()
        named["content-length"] = str(len(sent))
        raw = [(name.encode(), value.encode("latin-1")) for name, value in named.items()]
        await send({"type": "http.response.start", "status": reply.status, "headers": raw})
        await send({"type": "http.response.body", "body": sent})

    async def _route(self, call: Call) -> Reply:
        steps = call.path.strip("/").split("/")
        if steps[0] == "_control":
            return self._control(call, steps[1:])
        if steps[0] == "authenticate" and len(steps) == 2:
            return self._authenticate(call, steps[1])
        if steps[0] == "verify" and len(steps) == 2:
            return self._verify(call, steps[1])
        return await self._api.answer(call)

    def _control(self, call: Call, steps: list[str]) -> Reply:
        try:
            wanted = json.loads(call.body) if call.body and call.method == "POST" else None
            match steps:
                case []:
                    return Reply(200, json.dumps(self._api.control(wanted)), {})
                case ["events", event_id, "resend"] if call.method == "POST":
                    copies = int((wanted or {}).get("copies", 1))
                    if self._api.resend(event_id, copies):
                        return Reply(202, json.dumps({"event": event_id, "copies": copies}), {})
        except (ValueError, AttributeError, TypeError) as error:
            return Reply(400, json.dumps({"error": {"message": str(error)}}), {})
        return Reply(404, json.dumps({"error": {"message": "no such control"}}), {})

    def _authenticate(self, call: Call, intent_id: str) -> Reply:
        secret = first(call.query, "client_secret")
        if call.method != "POST":
            page = authentication.page(self._api, intent_id, secret)
            return Reply(200, page, {"content-type": "text/html; charset=utf-8"})
        agreed = parse_qs(call.body).get("outcome", [""])[0] == "succeed"
        intent, onwards = authentication.decide(self._api, intent_id, secret, agreed)
        return (
            Reply(200, json.dumps(intent), {}) if onwards is None else Reply(303, "", {"location": onwards})
        )

    def _verify(self, call: Call, session_id: str) -> Reply:
        secret = first(call.query, "client_secret")
        if call.method != "POST":
            page = identity_page.page(self._api, session_id, secret)
            return Reply(200, page, {"content-type": "text/html; charset=utf-8"})
        form = {name: values[0] for name, values in parse_qs(call.body).items()}
        found, onwards = identity_page.decide(self._api, session_id, secret, form)
        return Reply(200, json.dumps(found), {}) if onwards is None else Reply(303, "", {"location": onwards})

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        schemas.warm()
        delivering = asyncio.create_task(self._api.deliveries.run())
        await send({"type": "lifespan.startup.complete"})
        await receive()
        delivering.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await delivering
        self._api.deliveries.close()
        await send({"type": "lifespan.shutdown.complete"})
