"""Alerts on stock as staff read them: what ran low or out, when, and whether it is over."""

from typing import Any, Literal, NamedTuple
from uuid import UUID

from shared.catalog.naming import NAMED
from shared.platform.work import Work

type Level = Literal["low", "out"]
type State = Literal["open", "resolved"]


class Filter(NamedTuple):
    """Which alerts; None means any."""

    state: State | None = None
    level: Level | None = None
    variant_id: UUID | None = None


_MATCHING = """
        (%(state)s::text IS NULL OR (a.resolved_at IS NULL) = (%(state)s = 'open'))
    AND (%(level)s::text IS NULL OR a.level = %(level)s)
    AND (%(variant_id)s::uuid IS NULL OR a.variant_id = %(variant_id)s)
"""
_PAGE = f"""
    SELECT a.id, a.variant_id, n.sku, n.product_id, n.product_title, n.variant_title, a.level,
           CASE WHEN a.resolved_at IS NULL THEN 'open' ELSE 'resolved' END AS state,
           a.available, a.threshold, a.raised_at, a.resolved_at
      FROM inventory.stock_alerts a
      LEFT JOIN ({NAMED}) n ON n.brand_id = a.brand_id AND n.variant_id = a.variant_id
     WHERE {_MATCHING}
     ORDER BY a.id DESC LIMIT %(limit)s OFFSET %(offset)s
"""


def page(work: Work, wanted: Filter, limit: int, offset: int) -> list[Any]:
    """Rows of the list, the latest first."""
    return work.all(_PAGE, **wanted._asdict(), limit=limit, offset=offset)


def count(work: Work, wanted: Filter) -> int:
    """How many there are."""
    return int(
        work.value(
            f"SELECT count(*) FROM inventory.stock_alerts a WHERE {_MATCHING}",
            **wanted._asdict(),
        )
    )
