"""GET /v1/admin/performance/recommendations — what the figures say should be changed: indexes, repeated statements, cold starts."""

from dataclasses import asdict
from datetime import timedelta
from typing import Any, Literal

from shared.identity.callers import Staff
from shared.platform import cache, performance, recommendations, server_statistics
from shared.platform.doors import endpoint
from shared.platform.models import Response
from shared.platform.work import Work

_LOOK_BACK = timedelta(days=7)
_KEEP = timedelta(minutes=5)
_STATEMENTS = 200


class RecommendationModel(Response):
    """`subject` is a table, an index or a function; `figures` is what the rule saw."""

    kind: Literal["missing_index", "unused_index", "repeated_query", "cold_start"]
    subject: str
    advice: str
    figures: dict[str, float | int | str]


class Recommendations(Response):
    """Tables and indexes as PostgreSQL counts them, of all brands together; functions by the brand's own last seven days.
    Computed every five minutes at most."""

    data: list[RecommendationModel]


def list_performance_recommendations(caller: Staff, work: Work) -> Recommendations:
    found = cache.remember(work, "platform:recommendations", lambda: _found(work), ttl=_KEEP, stale=_KEEP)
    return Recommendations(data=found)


def _found(work: Work) -> list[dict[str, Any]]:
    since = work.now - _LOOK_BACK
    tables = server_statistics.tables(work)
    found = [
        *recommendations.missing_indexes(tables),
        *recommendations.unused_indexes(server_statistics.indexes(work), tables),
        *recommendations.repeated_queries(performance.queries(work, since, _STATEMENTS)),
        *recommendations.cold_starts(performance.endpoints(work, since)),
    ]
    return [asdict(each) for each in found]


handler = endpoint(
    "GET",
    "/v1/admin/performance/recommendations",
    list_performance_recommendations,
    needs="performance:read",
)
