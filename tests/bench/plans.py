"""What a function's statements read: each is explained as PostgreSQL executes it, with the values that it was sent with."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg
from psycopg import sql

from shared.platform.work import Work

_EXPLAIN = "EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) "
_SHOW = "EXPLAIN (ANALYZE, BUFFERS, COSTS OFF, TIMING OFF, SUMMARY OFF) "
_REMOVED = ("Rows Removed by Filter", "Rows Removed by Index Recheck")


@dataclass(frozen=True, slots=True)
class Sent:
    """A statement and its values."""

    statement: str
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Cost:
    """What statements have read: rows of tables and indexes (also those that were then left out), 8 KiB pages, and which tables from
    their beginning to their end."""

    rows: int = 0
    pages: int = 0
    scanned: tuple[str, ...] = ()

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(self.rows + other.rows, self.pages + other.pages, self.scanned + other.scanned)


@contextmanager
def recorded() -> Iterator[list[Sent]]:
    """The statements that stories send meanwhile."""
    sent: list[Sent] = []
    execute, soon = Work._execute, Work.soon

    def executed(work: Work, statement: str, values: Any) -> Any:
        sent.append(Sent(statement, values))
        return execute(work, statement, values)

    def sent_soon(work: Work, statement: Any, /, **values: Any) -> Any:
        sent.append(Sent(statement, values))
        return soon(work, statement, **values)

    Work._execute, Work.soon = executed, sent_soon  # type: ignore[method-assign, assignment]
    try:
        yield sent
    finally:
        Work._execute, Work.soon = execute, soon  # type: ignore[method-assign]


def cost_of(url: str, brand: UUID | None, sent: Sent) -> Cost:
    """What it reads, by the role that `url` names, in a brand or across all."""
    with _entered(url, brand) as connection:
        row = connection.execute((_EXPLAIN + sent.statement).encode(), dict(sent.values)).fetchone()
        assert row
        told = row[0] if isinstance(row[0], list) else json.loads(row[0])
        plan = told[0]["Plan"]
        nodes = list(_nodes(plan))
        return Cost(
            rows=round(sum(_read(node) for node in nodes)),
            pages=int(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]),
            scanned=tuple(node["Relation Name"] for node in nodes if node["Node Type"] == "Seq Scan"),
        )


def plan_of(url: str, brand: UUID | None, sent: Sent) -> str:
    """Its plan, as psql shows it."""
    with _entered(url, brand) as connection:
        rows = connection.execute((_SHOW + sent.statement).encode(), dict(sent.values)).fetchall()
    return "\n".join(str(row[0]) for row in rows)


def cost_of_call(url: str, brand: UUID | None, call: Callable[[], object]) -> Cost:
    """What all that a call reads with SELECT reads."""
    with recorded() as sent:
        call()
    reading = [each for each in sent if each.statement.lstrip().upper().startswith(("SELECT", "WITH"))]
    return sum((cost_of(url, brand, each) for each in reading), Cost())


@contextmanager
def _entered(url: str, brand: UUID | None) -> Iterator[psycopg.Connection]:
    with psycopg.connect(url, autocommit=True) as connection, connection.transaction(force_rollback=True):
        if brand is not None:
            connection.execute(sql.SQL("SET LOCAL app.brand = {}").format(str(brand)))
        yield connection


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", ()):
        yield from _nodes(below)


def _read(node: dict[str, Any]) -> float:
    """Rows that a scan has looked at, over all its loops."""
    if "Relation Name" not in node:
        return 0.0
    # Of an index's bitmap the heap's part counts.
    looked_at = node["Actual Rows"] + sum(node.get(name, 0) for name in _REMOVED)
    return float(looked_at * node["Actual Loops"])
