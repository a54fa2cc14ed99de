"""What every answer gets on its way out: public caching, security and CORS headers, and an honest 5xx."""

import time
from collections import OrderedDict
from typing import Any

import psycopg

from shared.kernel.refusals import Refusal
from shared.platform.brands import Brand
from shared.platform.http import HttpRequest, HttpResponse, body_etag, problem
from shared.platform.idempotency import TWIN_STANDS, IdempotencyInProgress
from shared.platform.logs import log
from shared.platform.overtaking import Overtaken

_SECURITY = {
    "strict-transport-security": "max-age=63072000; includeSubDomains",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
}
_KEPT_ANSWERS = 2000


class InternalError(Refusal):
    """Something went wrong on our side; nothing of this request was kept."""

    status = 500


class TemporarilyUnavailable(Refusal):
    """We cannot reach what this request needs; try again in a moment."""

    status = 503


class ValueOutOfRange(Refusal):
    """A value is larger than anything it could mean."""

    status = 422


class Public:
    """A public GET: `Cache-Control`, an `ETag`, 304 on `If-None-Match`, and up to `warm` seconds in the warm function.

    What `only_reads` has a transaction that may not write, and answers without waiting for its end.
    """

    def __init__(self, max_age: int, stale: int = 60, warm: float = 0.0, *, only_reads: bool = False) -> None:
        self.only_reads = only_reads
        self.header = f"public, max-age={max_age}, stale-while-revalidate={stale}"
        self.warm = warm
        self._answers: OrderedDict[tuple[str, str, str], tuple[float, HttpResponse]] = OrderedDict()

    def kept(self, brand: Brand, request: HttpRequest) -> HttpResponse | None:
        """The warm answer to this very request, copied."""
        if not self.warm:
            return None
        found = self._answers.get((brand.slug, request.path, request.raw_query))
        if found is None or found[0] < time.monotonic():
            return None
        kept = found[1]
        return HttpResponse(kept.status, kept.body, dict(kept.headers))

    def keep(self, brand: Brand, request: HttpRequest, answer: HttpResponse) -> None:
        """Give the answer its validators and keep a copy for `warm` seconds."""
        self.validate(answer)
        if not self.warm:
            return
        self._answers[(brand.slug, request.path, request.raw_query)] = (
            time.monotonic() + self.warm,
            HttpResponse(answer.status, answer.body, dict(answer.headers)),
        )
        if len(self._answers) > _KEPT_ANSWERS:
            self._answers.popitem(last=False)

    def validate(self, answer: HttpResponse) -> None:
        """Give the answer its `ETag`, unless the story has, and say how long it may be kept."""
        if "etag" not in answer.headers:
            answer.headers["etag"] = body_etag(answer.body)
        answer.headers["cache-control"] = self.header
        # The brand may come from a header, so a shared cache must tell those answers apart.
        answer.headers["vary"] = "X-Brand, Origin, Accept-Encoding"


def revalidated(answer: HttpResponse, request: HttpRequest) -> HttpResponse:
    """304 without a body when the caller's `If-None-Match` names this very answer."""
    offered = request.headers.get("if-none-match")
    etag = answer.headers.get("etag")
    if not offered or not etag:
        return answer
    tags = {tag.strip().removeprefix("W/") for tag in offered.split(",")}
    if etag not in tags and "*" not in tags:
        return answer
    headers = {name: value for name, value in answer.headers.items() if name != "content-type"}
    return HttpResponse(304, "", headers)


def finished(answer: HttpResponse, request: HttpRequest | None, brand: Brand | None) -> None:
    """Add the headers that every answer carries."""
    headers = answer.headers
    headers.update(_SECURITY)
    headers.setdefault("cache-control", "no-store")
    if request is not None:
        headers["x-request-id"] = request.request_id
        origin = request.headers.get("origin")
        if origin and brand and allows_origin(brand, origin):
            headers["access-control-allow-origin"] = origin
            headers["access-control-expose-headers"] = (
                "ETag, Idempotent-Replayed, RateLimit-Remaining, Retry-After"
            )
            headers.setdefault("vary", "Origin")


def allows_origin(brand: Brand, origin: str) -> bool:
    """Whether `origin` is on the brand's list, or its own store."""
    return origin in brand.settings.get("allowed_origins", ()) or (
        bool(brand.store_url) and _origin(brand) == origin
    )


def _origin(brand: Brand) -> str:
    return "/".join(brand.store_url.split("/", 3)[:3])


def unexpected(error: Exception, request_id: str) -> HttpResponse:
    """5xx without internals, the cause in the log; values that no column can hold are the caller's mistake."""
    cause: Any = error
    if isinstance(cause, psycopg.Error) and cause.sqlstate == TWIN_STANDS:
        return problem(IdempotencyInProgress(retry_after=1), request_id)
    if isinstance(cause, psycopg.DataError):
        log.warning("value out of range", exc_info=True)
        return problem(ValueOutOfRange(), request_id)
    if isinstance(cause, Overtaken):
        log.error("overtaken again and again", exc_info=True)
        return problem(TemporarilyUnavailable(retry_after=1), request_id)
    if isinstance(cause, psycopg.OperationalError):
        log.error("database unavailable", exc_info=True)
        return problem(TemporarilyUnavailable(retry_after=1), request_id)
    log.exception("unexpected")
    return problem(InternalError(), request_id)
