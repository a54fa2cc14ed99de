"""What to do about what was measured: each rule looks at figures and answers what it would change, and why."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any, Literal

from shared.platform.performance import Served

type Kind = Literal["missing_index", "unused_index", "repeated_query", "cold_start"]

# A table so small is read whole faster than by an index.
_SMALL_TABLE_ROWS = 10_000
_FREQUENT_SCANS = 100
_SMALL_INDEX_BYTES = 1024 * 1024
# Below so many uses of its table's other ways, nobody can say that an index is not needed.
_KNOWN_TABLE_SCANS = 1000
_REPEATS = 10
_COLD_TIMES_MEDIAN = 2.0
# `design.md`: the first answer of an endpoint in a fresh process.
COLD_BUDGET_MS = 350.0


@dataclass(frozen=True, slots=True)
class Recommendation:
    """`subject` is a table, an index or a function; `figures` what the rule saw."""

    kind: Kind
    subject: str
    advice: str
    figures: dict[str, float | int | str]


def missing_indexes(tables: Iterable[Any]) -> list[Recommendation]:
    """Large tables that are often read whole."""
    return [
        Recommendation(
            "missing_index",
            table.name,
            "Find the query that reads this table whole and give it an index that begins with brand_id.",
            {"live_rows": table.live_rows, "scans": table.scans, "rows_a_scan": int(table.rows_a_scan)},
        )
        for table in tables
        if table.live_rows >= _SMALL_TABLE_ROWS
        and table.scans >= _FREQUENT_SCANS
        and table.rows_a_scan >= _SMALL_TABLE_ROWS
    ]


def unused_indexes(indexes: Iterable[Any], tables: Iterable[Any]) -> list[Recommendation]:
    """Large indexes that nobody reads, on tables that are read: each makes every write slower."""
    used = {table.name: table.index_scans + table.scans for table in tables}
    return [
        Recommendation(
            "unused_index",
            index.name,
            "Nothing reads this index; if that holds for a month on every server, drop it.",
            {"table": index.table_name, "bytes": index.bytes, "scans": index.scans},
        )
        for index in indexes
        if index.scans == 0
        and index.bytes >= _SMALL_INDEX_BYTES
        and used.get(index.table_name, 0) >= _KNOWN_TABLE_SCANS
    ]


def repeated_queries(queries: Iterable[Any]) -> list[Recommendation]:
    """Functions that send one statement many times in one request (N+1)."""
    return [
        Recommendation(
            "repeated_query",
            query.function,
            "One request sends this statement again and again; ask for all rows at once.",
            {"statement": query.statement, "repeats": query.max_repeats},
        )
        for query in queries
        if query.max_repeats >= _REPEATS
    ]


def cold_starts(figures: Sequence[Served]) -> list[Recommendation]:
    """Functions whose first answer costs far more than that of the others, or than the budget."""
    costs = {each.function: each.cold_ms / each.cold_starts for each in figures if each.cold_starts}
    usual = median(costs.values()) if costs else 0.0
    return [
        Recommendation(
            "cold_start",
            function,
            "Import what is heavy where it is used, give the function more memory, or start it from a snapshot.",
            {"cold_ms": round(cost, 1), "usual_ms": round(usual, 1), "budget_ms": COLD_BUDGET_MS},
        )
        for function, cost in sorted(costs.items())
        if cost > COLD_BUDGET_MS or (len(costs) > 1 and cost > _COLD_TIMES_MEDIAN * usual)
    ]
