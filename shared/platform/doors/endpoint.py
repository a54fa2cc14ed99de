"""The door of an endpoint: one route, one story."""

import inspect
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any

from pydantic import BaseModel

from shared.kernel.refusals import Refusal
from shared.platform import brands, idempotency, limits, metrics, outbox
from shared.platform.audit import Trail
from shared.platform.brands import Brand
from shared.platform.doors import reading, signature
from shared.platform.doors.answers import Public, finished, revalidated, unexpected
from shared.platform.doors.origin import origin
from shared.platform.doors.steps import Steps
from shared.platform.http import HttpRequest, HttpResponse, problem
from shared.platform.idempotency import Demand, Key
from shared.platform.limits import LimitClass
from shared.platform.logs import about, log
from shared.platform.models import Pending
from shared.platform.steps import step
from shared.platform.work import Work, begin

_JSON = {"content-type": "application/json"}
_READING = ("GET", "HEAD", "OPTIONS")
_REFUSED = 400


@dataclass(frozen=True, slots=True)
class EndpointSpec:
    """What the door knows, from which documents, routes and tests are generated."""

    name: str
    context: str
    method: str
    path: str
    summary: str
    signature: signature.Signature
    needs: str | None
    refuses: tuple[type[Refusal], ...]
    status: int
    answers: type[BaseModel] | None
    idempotency: Demand
    limit: LimitClass
    cache: Public | None
    who: str
    audited: bool


class Endpoint:
    """A Lambda handler for HTTP API payload 2.0."""

    def __init__(
        self, spec: EndpointSpec, story: Callable[..., Any] | Steps, brand_of: Callable[[HttpRequest], Brand]
    ) -> None:
        self.spec, self.story = spec, story
        self._brand_of = brand_of
        self._caller = spec.signature.caller
        self._function = f"{spec.context}/{spec.name}"
        self._action = f"{spec.context}.{spec.name}"
        if isinstance(story, Steps):
            self._pending = signature.pending_of(
                inspect.signature(story.record, eval_str=True).return_annotation
            )

    def __call__(self, event: dict[str, Any], context: Any = None) -> dict[str, Any]:
        started = perf_counter()
        request, brand = None, None
        try:
            request = HttpRequest.from_event(event)
            about(self._function, request.correlation_id, request.request_id)
            brand = self._brand_of(request)
            about(self._function, request.correlation_id, request.request_id, brand.slug)
            answer = self._answer(request, brand)
        except Refusal as refusal:
            answer = problem(refusal, _request_id(event))
        except Exception as error:
            answer = unexpected(error, _request_id(event))
        finished(answer, request, brand)
        log.info(
            "request",
            extra={
                "route": f"{self.spec.method} {self.spec.path}",
                "status": answer.status,
                "duration_ms": round((perf_counter() - started) * 1000, 2),
            },
        )
        metrics.flush(self._function)
        return answer.to_gateway()

    def _answer(self, request: HttpRequest, brand: Brand) -> HttpResponse:
        spending = self._spend(request, brand)
        cache = self.spec.cache
        answer = cache.kept(brand, request) if cache else None
        if answer is None:
            answer = self._tell(request, brand)
            if cache and answer.status == self.spec.status:
                cache.keep(brand, request, answer)
        if cache and answer.status == self.spec.status:
            answer = revalidated(answer, request)
        answer.headers.update(spending)
        return answer

    def _spend(self, request: HttpRequest, brand: Brand) -> dict[str, str]:
        if self.spec.limit == "auth":
            return limits.spend_auth(brand, reading.account_named(request), request.source_ip)
        kind = self._caller[1] if self._caller else None
        try:
            client = kind.client(request) if kind else None
        except Refusal:
            # Guessing tokens is counted like everything else that an address does.
            limits.spend(brand, "anonymous", request.source_ip, request.source_ip, self.spec.limit)
            raise
        limited_as = kind.limited_as if kind and client else "anonymous"
        return limits.spend(
            brand, limited_as, client or request.source_ip, request.source_ip, self.spec.limit
        )

    def _tell(self, request: HttpRequest, brand: Brand) -> HttpResponse:
        if isinstance(self.story, Steps):
            return self._tell_in_steps(self.story, request, brand)
        if not self.spec.signature.needs_transaction:
            return self._written(self.story(**self._arguments(request, None, None)))
        with begin(brand, request.correlation_id) as work:
            arguments, key = self._admitted(request, work)
            if key and (found := idempotency.open_key(work, key)).replay:
                return found.replay
            step("before_story", self._function)
            answer = self._written(self.story(**arguments))
            self._audit(work, answer)
            if key:
                idempotency.finish(work, key, answer)
            step("before_commit", self._function)
        self._after_commit(work)
        return answer

    def _tell_in_steps(self, story: Steps, request: HttpRequest, brand: Brand) -> HttpResponse:
        with begin(brand, request.correlation_id) as work:
            arguments, key = self._admitted(request, work)
            found = idempotency.open_key(work, key) if key else idempotency.Found()
            if found.replay:
                return found.replay
            step("before_story", self._function)
            ended: HttpResponse | None = None
            if found.pending is not None:
                pending: Any = self._pending.model_validate_json(found.pending)
            else:
                recorded = story.record(**arguments)
                if not isinstance(recorded, Pending):
                    ended = self._written(recorded)
                    if key:
                        idempotency.finish(work, key, ended)
                else:
                    pending = recorded
                    if key:
                        idempotency.start(work, key, pending.model_dump_json())
                self._audit(work, ended)
            step("before_commit", self._function)
        self._after_commit(work)
        if ended is not None:
            return ended
        try:
            step("before_reach", self._function)
            outcome = story.reach(pending)
            step("after_reach", self._function)
            return self._settle(story, pending, outcome, key, request, brand, work.trail)
        except Exception:
            # The next retry need not wait for the lease of a try that is known to be over.
            if key:
                with begin(brand, request.correlation_id) as work:
                    idempotency.release(work, key)
            raise

    def _settle(
        self,
        story: Steps,
        pending: Any,
        outcome: Any,
        key: Key | None,
        request: HttpRequest,
        brand: Brand,
        trail: Trail | None,
    ) -> HttpResponse:
        with begin(brand, request.correlation_id) as work:
            work.trail = trail
            if key and (settled := idempotency.lock_started(work, key)):
                return settled
            step("before_settle", self._function)
            result = story.settle(pending, outcome, work)
            answer = (
                problem(result, request.request_id) if isinstance(result, Refusal) else self._written(result)
            )
            if key:
                idempotency.finish(work, key, answer)
        self._after_commit(work)
        return answer

    def _admitted(self, request: HttpRequest, work: Work) -> tuple[dict[str, Any], Key | None]:
        """The story's arguments, the caller first: who may not come in learns nothing about the rest."""
        caller = self._caller[1].recognise(request, work, self.spec.needs) if self._caller else None
        work.trail = Trail(self._action, caller, request)
        arguments = self._arguments(request, work, caller)
        # Strangers share nothing but, at most, an address.
        scope = f"{self.spec.method} {request.path} {caller.scope() if caller else request.source_ip}"
        return arguments, idempotency.read_key(request, self.spec.idempotency, scope)

    def _arguments(self, request: HttpRequest, work: Work | None, caller: Any) -> dict[str, Any]:
        asked = self.spec.signature
        arguments = reading.path_values(asked, request)
        if asked.query:
            arguments[asked.query[0]] = reading.query_value(asked.query[1], request)
        if asked.body:
            arguments[asked.body[0]] = reading.body_value(asked.body[1], request)
        if asked.caller:
            arguments[asked.caller[0]] = caller
        if asked.work:
            arguments[asked.work] = work
        if asked.request:
            arguments[asked.request] = request
        return arguments

    def _written(self, result: Any) -> HttpResponse:
        if isinstance(result, HttpResponse):
            return result
        if result is None:
            return HttpResponse(self.spec.status)
        return HttpResponse(self.spec.status, result.model_dump_json(), dict(_JSON))

    def _audit(self, work: Work, answer: HttpResponse | None) -> None:
        """The bare entry of a deed whose story has written none."""
        if self.spec.audited and not work.audited and (answer is None or answer.status < _REFUSED):
            work.audit()

    def _after_commit(self, work: Work) -> None:
        step("after_commit", self._function)
        if work.told:
            outbox.wake_relay()


def endpoint(
    method: str,
    path: str,
    story: Callable[..., Any] | Steps,
    *,
    needs: str | None = None,
    refuses: Sequence[type[Refusal]] = (),
    status: int = 200,
    answers: type[BaseModel] | None = None,
    idempotency: Demand | None = None,
    limit: LimitClass | None = None,
    cache: Public | None = None,
    who: str | None = None,
    audited: bool | None = None,
    brand_of: Callable[[HttpRequest], Brand] | None = None,
) -> Endpoint:
    """The handler of `method` `path`. `answers` names the model of a story that writes its HttpResponse itself;
    `limit` and `idempotency` follow from the method unless given; `who` only where no Caller says it (`provider`).
    `audited` says whether the audit log gets an entry of it: else what staff change gets one and what they read does not, which a
    read of personal data must. `brand_of` reads the brand off a request that neither host nor `X-Brand` tells it of: a provider's webhook.
    """
    teller = story.record if isinstance(story, Steps) else story
    here = origin()
    asked = signature.read(teller, set(re.findall(r"{(\w+)\+?}", path)))
    if cache and asked.caller:
        raise TypeError(f"{method} {path}: an answer for one caller must not be kept for another")
    if audited and not asked.needs_transaction:
        raise TypeError(f"{method} {path}: an audited story asks for its work")
    answering = story.settle if isinstance(story, Steps) else story
    spec = EndpointSpec(
        name=here.name,
        context=here.context,
        method=method,
        path=path,
        summary=here.summary,
        signature=asked,
        needs=needs,
        refuses=tuple(refuses),
        status=status,
        answers=answers or signature.model_of(inspect.signature(answering, eval_str=True).return_annotation),
        idempotency=idempotency or ("accepted" if method == "POST" else "none"),
        limit=limit or ("read" if method in _READING else "write"),
        cache=cache,
        who=who or (asked.caller[1].who if asked.caller else "public"),
        audited=audited
        if audited is not None
        else bool(asked.caller and asked.caller[1].audited and method not in _READING),
    )
    return Endpoint(spec, story, brand_of or _brand_asked_for)


def _brand_asked_for(request: HttpRequest) -> Brand:
    host, slug = request.headers.get("host", "").partition(":")[0], request.headers.get("x-brand", "")
    return brands.find_brand(host, slug, lambda: limits.spend_look_up(request.source_ip))


def _request_id(event: Any) -> str:
    context = event.get("requestContext") if isinstance(event, dict) else None
    return str((context or {}).get("requestId", ""))
