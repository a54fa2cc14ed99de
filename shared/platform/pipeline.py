"""Statements on their way to PostgreSQL: several in one message, each prepared once.

Stories are made of many small statements. For those a psycopg cursor costs a function more than the statement costs the server, and
every round trip wakes two processes. So they are sent by libpq itself, in its pipeline mode where there are several; what
converts values and rows is psycopg's all the same. https://www.postgresql.org/docs/current/libpq-pipeline-mode.html
"""

import re
import select
from collections import Counter, namedtuple
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import psycopg
from psycopg.adapt import PyFormat, Transformer
from psycopg.pq import ConnStatus, ExecStatus, TransactionStatus
from psycopg.pq.abc import PGconn, PGresult

_PREPARE_AFTER = 3
_MOST_KNOWN = 500
_PLACEHOLDER = re.compile(r"%\((\w+)\)s|%%")
_GOOD = (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK)

type Params = Mapping[str, Any]
type MakeRow = Callable[[Sequence[Any]], Any]


class _Statement:
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

    statement: _Statement
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

    def __init__(self, result: PGresult, statement: _Statement) -> None:
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


class Pipeline:
    """One connection's way to the server. With `prepares` statements are prepared in its session, which a pooler has none of."""

    def __init__(self, connection: psycopg.Connection[Any], *, prepares: bool) -> None:
        self._connection, self._pgconn = connection, connection.pgconn
        self._prepares = prepares
        self._known: dict[str, _Statement] = {}
        self._names = 0
        self._has_left = False
        self._socket = select.poll()
        self._socket.register(self._pgconn.socket, select.POLLIN)

    @property
    def is_full(self) -> bool:
        """Whether it knows so many texts, and the session keeps so many plans, that a new connection is better."""
        return len(self._known) > _MOST_KNOWN

    def leave(self, command: bytes) -> None:
        """Send a command whose answer nobody waits for now: `catch_up` reads it, before anything else is sent."""
        self._pgconn.send_query(command)
        self._has_left = True

    def catch_up(self) -> None:
        """Read the answer to what was left; a connection that was lost meanwhile is closed."""
        if not self._has_left:
            return
        self._has_left = False
        try:
            self._received(is_piped=False)
        except BaseException as error:
            self._connection.close()
            if not isinstance(error, psycopg.Error):
                raise

    def is_sound(self) -> bool:
        """Whether the transaction that it is in has met no error."""
        return self._pgconn.transaction_status == TransactionStatus.INTRANS

    def was_closed(self) -> bool:
        """Whether the server has closed it while it was idle, when nothing else could be there to read."""
        return bool(self._socket.poll(0))

    def bind(self, sql: str, params: Params) -> Bound:
        """The statement ready to be sent. Raises psycopg.DataError for a value that no column can hold."""
        statement = self._known.get(sql)
        if statement is None:
            statement = self._known[sql] = _Statement(self._connection, sql)
        transformer = statement.transformer
        values = transformer.dump_sequence([params[name] for name in statement.names], statement.formats)
        return Bound(statement, values, transformer.types or (), transformer.formats)

    def exchange(self, before: Sequence[bytes], batch: Sequence[Bound], after: bytes = b"") -> list[Answer]:
        """Send the commands `before`, the statements of `batch` and the command `after` in one message; the answers of `batch`.

        The first that fails ends those behind it. Raises psycopg.Error; a connection that is of no more use is closed.
        """
        new = self._prepared_now(batch) if self._prepares else []
        try:
            results = self._sent(before, new, batch, after)
        except BaseException:
            # What is still on its way would be taken for the answer to another statement.
            self._connection.close()
            raise
        failed = next((result for result in results if result.status not in _GOOD), None)
        if failed is not None:
            self._fail(failed, new)
        first = len(results) - len(batch) - bool(after)
        return [
            Answer(result, bound.statement) for result, bound in zip(results[first:], batch, strict=False)
        ]

    def _prepared_now(self, batch: Sequence[Bound]) -> list[Bound]:
        """Those used often enough that they are prepared on this occasion; they have their names."""
        new = []
        for bound in batch:
            statement, types = bound.statement, bound.types
            if types in statement.prepared:
                continue
            statement.uses[types] += 1
            if statement.uses[types] > _PREPARE_AFTER:
                self._names += 1
                statement.prepared[types] = b"c%d" % self._names
                new.append(bound)
        return new

    def _sent(
        self, before: Sequence[bytes], new: Sequence[Bound], batch: Sequence[Bound], after: bytes
    ) -> list[PGresult]:
        pgconn = self._pgconn
        is_piped = bool(before or new or after) or len(batch) > 1
        if is_piped:
            pgconn.enter_pipeline_mode()
        for command in before:
            pgconn.send_query_params(command, None)
        for bound in new:
            pgconn.send_prepare(bound.statement.prepared[bound.types], bound.statement.sql, bound.types)
        for bound in batch:
            bound.send(pgconn)
        if after:
            pgconn.send_query_params(after, None)
        if is_piped:
            pgconn.pipeline_sync()
        results = self._received(is_piped)
        if is_piped and pgconn.status == ConnStatus.OK:
            pgconn.exit_pipeline_mode()
        return results

    def _received(self, is_piped: bool) -> list[PGresult]:
        pgconn = self._pgconn
        results: list[PGresult] = []
        while pgconn.flush():
            # More than the socket takes at once: what the server has to say meanwhile is read, so that it can go on reading.
            self._socket.modify(pgconn.socket, select.POLLIN | select.POLLOUT)
            self._socket.poll()
            pgconn.consume_input()
            self._socket.modify(pgconn.socket, select.POLLIN)
        while True:
            while pgconn.is_busy():
                self._socket.poll()
                pgconn.consume_input()
            result = pgconn.get_result()
            if result is None:
                # In a pipeline it stands between two answers.
                if not is_piped or pgconn.status != ConnStatus.OK:
                    return results
            elif result.status == ExecStatus.PIPELINE_SYNC:
                return results
            else:
                results.append(result)

    def _fail(self, failed: PGresult, new: Sequence[Bound]) -> None:
        for bound in new:
            # Whether it came that far is not worth finding out: it is prepared anew, under another name.
            del bound.statement.prepared[bound.types]
        error = psycopg.errors.error_from_result(failed, self._connection.info.encoding)
        # What is prepared is no longer there, or of tables that have changed: the next connection begins anew.
        is_outdated = isinstance(
            error, psycopg.errors.InvalidSqlStatementName | psycopg.errors.FeatureNotSupported
        )
        if is_outdated or self._pgconn.status != ConnStatus.OK:
            self._connection.close()
        raise error
