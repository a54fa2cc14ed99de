"""The HTTP surface (ASGI): PayPal's API, its certificate, its page for buyers, and /_control."""

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs

from local.paypal import approval, controls, schemas
from local.paypal.application import Api, Call, ConnectionCut, Reply
from local.paypal.certificates import Signer
from local.paypal.errors import ApiError

type Scope = dict[str, Any]
type Receive = Callable[[], Awaitable[dict[str, Any]]]
type Send = Callable[[dict[str, Any]], Awaitable[None]]

_HTML = {"content-type": "text/html; charset=utf-8"}
_CERTIFICATES = "/v1/notifications/certs/"


class Server:
    """The ASGI application."""

    def __init__(self, api: Api, signer: Signer) -> None:
        self._api, self._signer = api, signer

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
        query = scope["query_string"].decode()
        call = Call(scope["method"], scope["path"], query, headers, body.decode("utf-8", "replace"))
        try:
            reply = await self._route(call)
        except ConnectionCut:
            scope["extensions"]["local.cut"]["cut"]()
            return
        except ApiError as error:
            reply = Reply(error.status, json.dumps(error.body))
        named = {"content-type": "application/json", **reply.headers}
        sent = reply.body.encode()
        named["content-length"] = str(len(sent))
        raw = [(name.encode(), value.encode("latin-1")) for name, value in named.items()]
        await send({"type": "http.response.start", "status": reply.status, "headers": raw})
        await send({"type": "http.response.body", "body": sent})

    async def _route(self, call: Call) -> Reply:
        steps = call.path.strip("/").split("/")
        if steps[0] == "_control":
            return self._control(call, steps[1:])
        if call.path == "/checkoutnow":
            return self._approval(call)
        if call.path == _CERTIFICATES + self._signer.certificate_id:
            return Reply(200, self._signer.chain.decode(), {"content-type": "application/x-pem-file"})
        return await self._api.answer(call)

    def _control(self, call: Call, steps: list[str]) -> Reply:
        try:
            wanted = json.loads(call.body) if call.body and call.method == "POST" else None
            done = controls.apply(self._api, steps, wanted)
        except (ValueError, AttributeError, TypeError) as error:
            return Reply(400, json.dumps({"error": {"message": str(error)}}))
        if done is None:
            return Reply(404, json.dumps({"error": {"message": "no such control"}}))
        return Reply(200, json.dumps(done))

    def _approval(self, call: Call) -> Reply:
        order_id = parse_qs(call.query).get("token", [""])[0]
        if call.method != "POST":
            return Reply(200, approval.page(self._api, order_id), dict(_HTML))
        form = {name: values[0] for name, values in parse_qs(call.body).items()}
        try:
            onwards, shown = approval.decide(self._api, order_id, form)
        except approval.WrongChoice as error:
            return Reply(400, json.dumps({"error": {"message": str(error)}}))
        return (
            Reply(303, "", {"location": onwards}) if onwards is not None else Reply(200, shown, dict(_HTML))
        )

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
