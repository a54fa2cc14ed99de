"""The API itself: tokens, bodies, PayPal-Request-Ids, faults, and PayPal's answers around every operation."""

import asyncio
import base64
import contextlib
import hmac
import json
import re
import secrets
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from typing import Any
from urllib.parse import parse_qs

from local.paypal import captures, disputes, orders, schemas
from local.paypal.errors import ApiError, no_such
from local.paypal.session import Answer, Session
from local.paypal.storage import Storage
from local.paypal.webhooks import Deliveries
from local.stripe import clock
from local.stripe.faults import Faults, RequestFault

_TOKEN_SECONDS = 9 * 3600
TOKEN_PATH = "/v1/oauth2/token"
# How long PayPal keeps a request's id: https://developer.paypal.com/api/rest/requests/#paypal-request-id
_ORDERS_KEEP, _PAYMENTS_KEEP = 6 * 3600, 45 * 86_400

type Handler = Callable[..., Answer]

_OPERATIONS: dict[str, Handler] = {
    "post /v2/checkout/orders": orders.create,
    "get /v2/checkout/orders/{id}": orders.retrieve,
    "post /v2/checkout/orders/{id}/capture": orders.capture,
    "get /v2/payments/captures/{id}": captures.retrieve,
    "post /v2/payments/captures/{id}/refund": captures.refund,
    "get /v2/payments/refunds/{id}": captures.retrieve_refund,
    "get /v1/customer/disputes/{id}": disputes.retrieve,
}
_PATTERNS = [(re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", name) + r"\Z"), name) for name in _OPERATIONS]


class ConnectionCut(Exception):
    """The client gets no answer: its connection is cut."""


@dataclass
class Call:
    """One HTTP request to the API. Header names are lower case."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: str


@dataclass
class Reply:
    """One HTTP answer of the API."""

    status: int
    body: str
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Api:
    """One PayPal account in the sandbox."""

    store: Storage
    deliveries: Deliveries
    faults: Faults
    client_id: str
    client_secret: str
    public_url: str
    api_url: str
    _tokens: dict[str, int] = field(default_factory=dict)
    _in_use: set[str] = field(default_factory=set)

    def session(self) -> Session:
        """A request's view of the account, now."""
        return Session(self.store, clock.now(), self.public_url, self.api_url)

    @contextlib.contextmanager
    def telling(self) -> Iterator[Session]:
        """A session in one transaction, whose notifications are queued with it."""
        session = self.session()
        with self.store.transaction():
            yield session
            self._queue(session)
        self.deliveries.wake()

    async def answer(self, call: Call) -> Reply:
        """PayPal's answer. Raises ConnectionCut when a fault says that none comes."""
        try:
            if call.path == TOKEN_PATH:
                return await self._token(call)
            return await self._work(call)
        except ApiError as error:
            return _refused(error)

    async def _token(self, call: Call) -> Reply:
        if any(TOKEN_PATH in fault.match for fault in self.faults.requests):
            await self._misbehave_before(self.faults.take(call.method, call.path))
        scheme, _, given = call.headers.get("authorization", "").partition(" ")
        known = base64.b64encode(f"{self.client_id}:{self.client_secret}".encode()).decode()
        if scheme.lower() != "basic" or not hmac.compare_digest(given, known):
            refused = {"error": "invalid_client", "error_description": "Client Authentication failed"}
            return Reply(401, json.dumps(refused))
        if parse_qs(call.body).get("grant_type") != ["client_credentials"]:
            refused = {"error": "unsupported_grant_type", "error_description": "Grant Type is NULL"}
            return Reply(400, json.dumps(refused))
        token = f"A21AA{secrets.token_urlsafe(60)}"
        self._tokens[token] = clock.now() + _TOKEN_SECONDS
        body = {"scope": "https://uri.paypal.com/services/payments/payment", "access_token": token,
                "token_type": "Bearer", "app_id": "APP-LOCAL", "expires_in": _TOKEN_SECONDS}  # fmt: skip
        return Reply(200, json.dumps(body))

    async def _work(self, call: Call) -> Reply:
        scheme, _, token = call.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or self._tokens.get(token, 0) <= clock.now():
            raise ApiError(401)
        name, path = _operation(call)
        fault = self.faults.take(call.method, call.path) or RequestFault("none")
        await self._misbehave_before(fault)
        body = _body(call, name)
        key = call.headers.get("paypal-request-id") if call.method == "POST" else None
        if key is None:
            return await self._misbehave_after(fault, self._execute(name, path, body, None))
        if key in self._in_use:
            raise ApiError(
                409, "PREVIOUS_REQUEST_IN_PROGRESS", "A previous request on this resource is in progress."
            )
        self._in_use.add(key)
        try:
            if fault.mode == "slow":
                await asyncio.sleep(fault.seconds)
            return await self._misbehave_after(fault, self._execute(name, path, body, key))
        finally:
            self._in_use.discard(key)

    def _execute(self, name: str, path: dict[str, str], body: Any, key: str | None) -> Reply:
        operation = f"{name} {json.dumps(path, sort_keys=True)}"
        with self.store.transaction():
            kept = self._kept(key, operation)
            if kept is not None:
                return kept
            session = self.session()
            try:
                answer = _OPERATIONS[name](session, body, **path)
            except ApiError as error:
                if error.issue == "INSTRUMENT_DECLINED":
                    self._keep(key, operation, Answer(error.body, error.status), session.now)
                if error.status == 422:
                    return _refused(error)
                raise
            self._keep(key, operation, answer, session.now)
            self._queue(session)
        self.deliveries.wake()
        return Reply(answer.status, json.dumps(answer.body))

    def _kept(self, key: str | None, operation: str) -> Reply | None:
        row = self.store.db.execute(
            "SELECT * FROM keys WHERE key = ? AND forgotten_at > ?", (key, clock.now())
        ).fetchone()
        if row is None:
            return None
        if row["operation"] != operation:
            raise ApiError(422, "DUPLICATE_REQUEST_ID", "The request id was used for another request.")
        if row["object_id"] is None:
            return Reply(row["status"], row["body"])
        # PayPal answers the latest state of what was made.
        return Reply(200, json.dumps(self.store.find(row["kind"], row["object_id"])))

    def _keep(self, key: str | None, operation: str, answer: Answer, now: int) -> None:
        if key is None:
            return
        keeps = _PAYMENTS_KEEP if "/v2/payments/" in operation else _ORDERS_KEEP
        made = answer.body["id"] if answer.kind else None
        self.store.db.execute(
            "INSERT OR REPLACE INTO keys VALUES (?, ?, ?, ?, ?, ?, ?)",
            (key, operation, answer.kind, made, answer.status, json.dumps(answer.body), now + keeps),
        )

    def _queue(self, session: Session) -> None:
        for event_id in session.told:
            event = self.store.find("event", event_id)
            assert event is not None
            self.deliveries.queue(event_id, event["event_type"])

    async def _misbehave_before(self, fault: RequestFault | None) -> None:
        if fault is None:
            return
        if fault.mode == "cut":
            raise ConnectionCut
        if fault.mode in ("error", "broken"):
            raise ApiError(500)

    async def _misbehave_after(self, fault: RequestFault, reply: Reply) -> Reply:
        if fault.mode == "error_after":
            raise ApiError(500)
        if fault.mode == "hang":
            await asyncio.sleep(fault.seconds)
        if fault.mode in ("hang", "drop"):
            raise ConnectionCut
        return reply

    def control(self, wanted: Any) -> dict[str, Any]:
        """Change the faults (None: leave them) and tell what is set and what waits. Raises ValueError."""
        if wanted is not None:
            self.faults.change(wanted)
            self.deliveries.wake()
        return {
            "requests": [asdict(fault) for fault in self.faults.requests],
            "webhooks": asdict(self.faults.webhooks),
            "deliveries": self.deliveries.counts(),
            "done": dict(self.faults.done),
        }


def _operation(call: Call) -> tuple[str, dict[str, str]]:
    asked = f"{call.method.lower()} {call.path.rstrip('/')}"
    for pattern, name in _PATTERNS:
        if found := pattern.match(asked):
            return name, found.groupdict()
    raise no_such()


def _body(call: Call, name: str) -> Any:
    if call.method != "POST":
        return None
    if not call.headers.get("content-type", "").startswith("application/json"):
        raise ApiError(400, "MALFORMED_REQUEST_JSON", "The content type is to be application/json.")
    try:
        body = json.loads(call.body or "{}")
        schemas.check_request(name, body)
    except ValueError as error:
        raise ApiError(400, "MALFORMED_REQUEST_JSON", "The request is not well formed.") from error
    except schemas.Refused as error:
        raise ApiError(400, "INVALID_PARAMETER_SYNTAX", str(error)) from error
    return body


def _refused(error: ApiError) -> Reply:
    if error.status != 500:
        schemas.check_object(str(error.status), error.body)
    return Reply(error.status, json.dumps(error.body), {"paypal-debug-id": error.body["debug_id"]})
