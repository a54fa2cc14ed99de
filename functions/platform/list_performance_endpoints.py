"""GET /v1/admin/performance/endpoints — how fast and how reliably each endpoint answered, and whether service levels were kept."""

from datetime import datetime, timedelta
from typing import Literal

from pydantic import Field

from shared.identity.callers import Staff
from shared.platform import performance
from shared.platform.doors import endpoint
from shared.platform.models import Query, Response
from shared.platform.performance import Served
from shared.platform.work import Work


class Window(Query):
    """The last `hours`, up to two weeks."""

    hours: int = Field(24, ge=1, le=336)


class ServiceLevel(Response):
    """`actual` and `met` are null when nothing was asked. Rates and uptime are shares of 1."""

    name: Literal["p95_ms", "error_rate", "uptime"]
    target: float
    actual: float | None
    met: bool | None


class EndpointFigures(Response):
    """Times in ms as the function measured them, without the gateway; percentiles to within 19 %. `cold_ms`: the CPU time of a
    fresh process from its beginning to its first answer, on average."""

    function: str
    route: str
    requests: int
    refusals: int
    errors: int
    error_rate: float
    p50_ms: float
    p95_ms: float
    p99_ms: float
    max_ms: float
    queries_per_request: float
    max_queries: int
    cold_starts: int
    cold_ms: float | None
    max_cold_ms: float | None


class EndpointPerformance(Response):
    """The brand's own traffic, the slowest endpoints first. A function tells its figures every half minute."""

    since: datetime
    requests: int
    service_levels: list[ServiceLevel]
    data: list[EndpointFigures]


def list_performance_endpoints(ask: Window, caller: Staff, work: Work) -> EndpointPerformance:
    since = work.now - timedelta(hours=ask.hours)
    figures = performance.endpoints(work, since)
    whole = performance.together(figures)
    told = sorted(map(_figures, figures), key=lambda each: -each.p95_ms)
    return EndpointPerformance(
        since=since,
        requests=whole.requests,
        service_levels=_levels(whole, performance.uptime(work, since)),
        data=told,
    )


def _levels(whole: Served, uptime: float | None) -> list[ServiceLevel]:
    p95 = whole.percentile(0.95) if whole.requests else None
    errors = whole.error_rate if whole.requests else None
    return [
        ServiceLevel(
            name="p95_ms", target=performance.P95_MS, actual=_round(p95), met=_below(p95, performance.P95_MS)
        ),
        ServiceLevel(
            name="error_rate",
            target=performance.ERROR_RATE,
            actual=errors,
            met=_below(errors, performance.ERROR_RATE),
        ),
        ServiceLevel(
            name="uptime",
            target=performance.UPTIME,
            actual=uptime,
            met=None if uptime is None else uptime >= performance.UPTIME,
        ),
    ]


def _figures(served: Served) -> EndpointFigures:
    cold = served.cold_starts
    return EndpointFigures(
        function=served.function,
        route=served.route,
        requests=served.requests,
        refusals=served.refusals,
        errors=served.errors,
        error_rate=served.error_rate,
        p50_ms=round(served.percentile(0.5), 2),
        p95_ms=round(served.percentile(0.95), 2),
        p99_ms=round(served.percentile(0.99), 2),
        max_ms=round(served.max_ms, 2),
        queries_per_request=round(served.queries / served.requests, 2),
        max_queries=served.max_queries,
        cold_starts=cold,
        cold_ms=_round(served.cold_ms / cold if cold else None),
        max_cold_ms=_round(served.max_cold_ms if cold else None),
    )


def _round(value: float | None) -> float | None:
    return None if value is None else round(value, 2)


def _below(actual: float | None, target: float) -> bool | None:
    return None if actual is None else actual < target


handler = endpoint(
    "GET", "/v1/admin/performance/endpoints", list_performance_endpoints, needs="performance:read"
)
