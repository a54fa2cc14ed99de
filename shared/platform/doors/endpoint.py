"""The door of an endpoint: one route, one story."""

import inspect
import re
from collections.abc import Callable, Sequence
from time import perf_counter
from typing import Any

from pydantic import BaseModel

from shared.kernel.refusals import Refusal
from shared.platform import brands, limits, metrics, statistics, visitors
from shared.platform.brands import Brand
from shared.platform.doors import reading, signature
from shared.platform.doors.answers import Public, finished, revalidated, unexpected
from shared.platform.doors.origin import origin
from shared.platform.doors.spec import EndpointSpec as EndpointSpec
from shared.platform.doors.steps import Steps
from shared.platform.doors.telling import Teller
from shared.platform.http import HttpRequest, HttpResponse, problem
from shared.platform.idempotency import Demand
from shared.platform.limits import LimitClass
from shared.platform.logs import about, served

_READING = ("GET", "HEAD", "OPTIONS")


class Endpoint:
    """A Lambda handler for HTTP API payload 2.0."""

    def __init__(
        self, spec: EndpointSpec, story: Callable[..., Any] | Steps, brand_of: Callable[[HttpRequest], Brand]
    ) -> None:
        self.spec, self.story = spec, story
        self._brand_of = brand_of
        self._caller = spec.signature.caller
        self._function = f"{spec.context}/{spec.name}"
        self._route = f"{spec.method} {spec.path}"
        self._teller = Teller(spec, story)

    def __call__(self, event: dict[str, Any], context: Any = None) -> dict[str, Any]:
        started = perf_counter()
        request, brand = None, None
        try:
            request = HttpRequest.from_event(event)
            about(self._function, request.correlation_id, request.request_id)
            brand = self._brand_of(request)
            about(self._function, request.correlation_id, request.request_id, brand.slug)
            visitors.recognise(request, brand)
            answer = self._answer(request, brand)
        except Refusal as refusal:
            answer = problem(refusal, _request_id(event))
        except Exception as error:
            answer = unexpected(error, _request_id(event))
        finished(answer, request, brand)
        took = (perf_counter() - started) * 1000
        served(self._route, answer.status, took)
        if request and brand:
            statistics.observe(brand, self._function, self._route, answer.status, took, request.watch)
        metrics.flush(self._function)
        return answer.to_gateway()

    def _answer(self, request: HttpRequest, brand: Brand) -> HttpResponse:
        spending = self._spend(request, brand)
        cache = self.spec.cache
        answer = cache.kept(brand, request) if cache else None
        if cache and cache.warm:
            statistics.count_cache(brand.id, self._function, "hits" if answer else "misses")
        if answer is None:
            answer = self._teller.tell(request, brand)
            if cache and answer.status == self.spec.status:
                cache.keep(brand, request, answer)
        if cache and answer.status == self.spec.status:
            answer = revalidated(answer, request)
        answer.headers.update(spending)
        return answer

    def _spend(self, request: HttpRequest, brand: Brand) -> dict[str, str]:
        if self.spec.limit == "auth":
            return limits.spend_auth(brand, reading.account_named(request), request.source_ip)
        if self.spec.guesses:
            limits.spend_guesses(brand, request.source_ip, reading.tries(request, self.spec.guesses))
        kind = self._caller[1] if self._caller else None
        try:
            client = kind.client(request) if kind else None
        except Refusal:
            # Guessing tokens is counted like everything else that an address does.
            limits.spend(brand, "anonymous", None, request.source_ip, self.spec.limit)
            raise
        limited_as = kind.limited_as if kind and client else "anonymous"
        return limits.spend(brand, limited_as, client, request.source_ip, self.spec.limit)


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
    guesses: str | None = None,
    brand_of: Callable[[HttpRequest], Brand] | None = None,
    only_reads: bool = False,
) -> Endpoint:
    """The handler of `method` `path`. `answers` names the model of a story that writes its HttpResponse itself;
    `limit` and `idempotency` follow from the method unless given; `who` only where no Caller says it (`provider`).
    `audited` says whether the audit log gets an entry of it: else what staff change gets one and what they read does not, which a
    read of personal data must. `guesses` names the field of the body whose values may be tried, one or a list: each counts among
    the tries of its sender's address. `brand_of` reads the brand off a request that neither host nor `X-Brand` tells it of: a provider's webhook.
    What `only_reads` has a transaction that may not write, and answers without waiting for its end.
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
        guesses=guesses,
        only_reads=only_reads,
    )
    return Endpoint(spec, story, brand_of or _brand_asked_for)


def _brand_asked_for(request: HttpRequest) -> Brand:
    host, slug = request.headers.get("host", "").partition(":")[0], request.headers.get("x-brand", "")
    return brands.find_brand(host, slug, lambda: limits.spend_look_up(request.source_ip))


def _request_id(event: Any) -> str:
    context = event.get("requestContext") if isinstance(event, dict) else None
    return str((context or {}).get("requestId", ""))
