"""The API itself: keys, parameters, idempotency, faults, and Stripe's headers around every operation."""

import asyncio
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import parse_qs

from local.stripe import clock, errors, forms, idempotency, lists, routes, schemas, visibility
from local.stripe.errors import ApiError
from local.stripe.faults import Faults, RequestFault
from local.stripe.session import Answer, Caller, Session, new_id
from local.stripe.storage import Storage
from local.stripe.webhooks import Deliveries


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
    headers: dict[str, str]


@dataclass
class Api:
    """One Stripe account in test mode."""

    store: Storage
    deliveries: Deliveries
    faults: Faults
    secret_key: str
    publishable_key: str
    public_url: str

    def __post_init__(self) -> None:
        self.keys = idempotency.Keys(self.store)
        self.reader = forms.Reader(schemas.requests()["definitions"])

    async def answer(self, call: Call) -> Reply:
        """Stripe's answer. Raises ConnectionCut when a fault says that none comes."""
        request_id = new_id("req", 14)
        key = call.headers.get("idempotency-key") if call.method == "POST" else None
        headers = {"request-id": request_id, "stripe-version": schemas.api_version()}
        if key is not None:
            headers["idempotency-key"] = key
        try:
            with self.keys.using(key):
                return await self._work(call, key, request_id, headers)
        except ApiError as error:
            headers |= {"stripe-should-retry": "true" if error.status in (409, 500) else "false"}
            return Reply(error.status, idempotency.shown({"error": error.error}), headers)

    async def _work(self, call: Call, key: str | None, request_id: str, headers: dict[str, str]) -> Reply:
        operation, path = routes.match(call.method, call.path)
        tree = forms.parse(call.body if call.method == "POST" else call.query)
        caller = self._caller(call, tree, operation)
        fault = self.faults.take(call.method, call.path) or RequestFault("none")
        if fault.mode == "cut":
            raise ConnectionCut
        if fault.mode == "error":
            raise errors.internal()
        now = clock.now()
        print_ = idempotency.fingerprint(call.method, call.path, tree)
        kept = self.keys.find(key, print_, now)
        if kept is not None:
            headers |= {"idempotent-replayed": "true", "original-request": kept.request_id}
            return Reply(kept.status, kept.body, headers)
        if fault.mode == "slow":
            await asyncio.sleep(fault.seconds)
        # A browser proves itself by parameters that the servers' libraries do not have.
        secret = {"client_secret": tree.pop("client_secret")} if "client_secret" in tree else {}
        params = self.reader.read(tree, operation.definition) | secret
        session = Session(self.store, now, request_id, caller, self.public_url, key)
        answer = self._execute(operation, session, params, path, print_, fault)
        if fault.mode == "hang":
            await asyncio.sleep(fault.seconds)
        if fault.mode in ("hang", "drop"):
            raise ConnectionCut
        if answer.status == 500:
            headers["stripe-should-retry"] = "false"
        return Reply(answer.status, idempotency.shown(answer.body), headers)

    def _execute(
        self,
        operation: routes.Operation,
        session: Session,
        params: dict[str, Any],
        path: dict[str, str],
        print_: str,
        fault: RequestFault,
    ) -> Answer:
        broken = Answer({"error": errors.internal().error}, 500)
        try:
            with self.store.transaction():
                answer = broken
                if fault.mode != "broken":
                    answer = operation.handler(session, params, **path)
                    for event_id in session.told:
                        self._queue(event_id)
                    answer = _seen_by(session.caller, _expanded(session, answer, params))
                if fault.mode == "error_after":
                    answer = broken
                self.keys.keep(session.idempotency_key, print_, answer, session.request_id, session.now)
        except ApiError as error:
            # Once execution began, Stripe keeps its refusal under the key as well.
            answer = _seen_by(session.caller, Answer({"error": error.error}, error.status))
            with self.store.transaction():
                self.keys.keep(session.idempotency_key, print_, answer, session.request_id, session.now)
        if session.told:
            self.deliveries.wake()
        return answer

    def _queue(self, event_id: str) -> None:
        event = self.store.find("event", event_id)
        assert event is not None
        self.deliveries.queue(event_id, event["type"])

    def _caller(self, call: Call, tree: dict[str, forms.Node], operation: routes.Operation) -> Caller:
        scheme, _, given = call.headers.get("authorization", "").partition(" ")
        given = given.strip() if scheme.lower() in ("bearer", "") else ""
        in_form = tree.pop("key", "")
        given = given or (in_form if isinstance(in_form, str) else "")
        version = call.headers.get("stripe-version", schemas.api_version())
        if version != schemas.api_version():
            raise ApiError(
                400,
                f"Invalid Stripe API version: {version}. The local Stripe speaks {schemas.api_version()}.",
            )
        if given == self.secret_key:
            return "secret"
        if given and given != self.publishable_key:
            raise errors.wrong_key(given)
        if not given and "client_secret" not in tree:
            raise errors.no_key()
        if not operation.browser:
            raise errors.secret_key_required()
        return "publishable"

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

    def resend(self, event_id: str, copies: int) -> bool:
        """Deliver an event again, as `stripe events resend` does; False when there is none."""
        if self.store.find("event", event_id) is None:
            return False
        self.deliveries.queue_again(event_id, copies)
        self.deliveries.wake()
        return True


def _expanded(session: Session, answer: Answer, params: dict[str, Any]) -> Answer:
    paths = params.get("expand", [])
    return Answer(lists.expand(session, answer.body, paths), answer.status) if paths else answer


def _seen_by(caller: Caller, answer: Answer) -> Answer:
    if caller == "secret":
        return answer
    body = answer.body
    if body.get("object") == "payment_intent":
        return Answer(visibility.public(body), answer.status)
    if "payment_intent" in body.get("error", {}):
        intent = visibility.public(body["error"]["payment_intent"])
        return Answer({"error": {**body["error"], "payment_intent": intent}}, answer.status)
    return answer


def first(query: str, name: str) -> str:
    """The first value of a query parameter, or an empty string."""
    return parse_qs(query).get(name, [""])[0]
