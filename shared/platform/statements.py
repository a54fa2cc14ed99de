"""Statements as they are sent to PostgreSQL, and what they answer. Values and rows are converted by psycopg."""

import re
from collections import Counter, namedtuple
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import psycopg
from psycopg.adapt import PyFormat, Transformer
from psycopg.pq.abc import PGconn, PGresult

_PLACEHOLDER = re.compile(r"%\((\w+)\)s|%%")

type Params = Mapping[str, Any]
type MakeRow = Callable[[Sequence[Any]], Any]


class Statement:
    """One text as the server takes it, and the names under which it is prepared, by the types of its values."""

    __slots__ = ("_make_row", "formats", "names", "prepared", "sql", "transformer", "uses")

    def __init__(self, connection: psycopg.Connection[Any], sql: str) -> None:
        numbers: dict[str, int] = {}

        def numbered(found: re.Match[str]) -> str:
            name = found[1]
            return f"${numbers.setdefault(name, len(numbers) + 1)}" if name else "%"

        self.sql = _PLACEHOLDER.sub(numbered, sql).encode()
        self.names = tuple(numbers)
        self.formats = [PyFormat.AUTO] * len(numbers)
        # Kept with the text: what converts its values and rows is looked up once.
        self.transformer = Transformer(connection)
        self.prepared: dict[tuple[int, ...], bytes] = {}
        self.uses: Counter[tuple[int, ...]] = Counter()
        self._make_row: MakeRow | None = None

    def row_maker(self, result: PGresult) -> MakeRow:
        """What makes a row of its columns. Those of a prepared statement never change."""
        if self._make_row is not None and self.prepared:
            return self._make_row
        self._make_row = _row_maker(*(result.fname(number) for number in range(result.nfields)))
        return self._make_row


@lru_cache(512)
def _row_maker(*names: bytes | None) -> MakeRow:
    row: Any = namedtuple("Row", [(name or b"").decode() for name in names], rename=True)  # type: ignore[misc]
    make: MakeRow = row._make
    return make


class Bound(NamedTuple):
    """A statement with its values converted: what may still be wrong with it, only the server finds."""

    statement: Statement
    values: Sequence[Any]
    types: tuple[int, ...]
    formats: Sequence[int] | None

    def send(self, pgconn: PGconn) -> None:
        """Have it executed, by its name if it has one."""
        name = self.statement.prepared.get(self.types)
        if name is None:
            pgconn.send_query_params(self.statement.sql, self.values, self.types, self.formats)
        else:
            pgconn.send_query_prepared(name, self.values, self.formats)


class Answer:
    """What a statement answered; rows are namedtuples."""

    __slots__ = ("_result", "_statement")

    def __init__(self, result: PGresult, statement: Statement) -> None:
        self._result, self._statement = result, statement

    @property
    def count(self) -> int:
        """How many rows were answered or touched; -1 when the statement does neither."""
        touched = self._result.command_tuples
        return -1 if touched is None else touched

    def one(self) -> Any | None:
        """The first row or None."""
        return self._rows(1)[0] if self._result.ntuples else None

    def value(self) -> Any | None:
        """The first column of the first row or None."""
        if not self._result.ntuples:
            return None
        transformer = self._statement.transformer
        transformer.set_pgresult(self._result)
        return transformer.load_row(0, tuple)[0]

    def all(self) -> list[Any]:
        """Every row."""
        count = self._result.ntuples
        return self._rows(count) if count else []

    def _rows(self, count: int) -> list[Any]:
        transformer = self._statement.transformer
        transformer.set_pgresult(self._result)
        return transformer.load_rows(0, count, self._statement.row_maker(self._result))
