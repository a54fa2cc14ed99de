"""Statements on their way to PostgreSQL: several in one message, each prepared once.

Stories are made of many small statements. For those a psycopg cursor costs a function more than the statement costs the server, and
every round trip wakes two processes. So they are sent by libpq itself, in its pipeline mode where there are several; what
converts values and rows is psycopg's all the same. https://www.postgresql.org/docs/current/libpq-pipeline-mode.html
"""

import select
from collections.abc import Sequence
from typing import Any

import psycopg
from psycopg.pq import ConnStatus, ExecStatus, TransactionStatus
from psycopg.pq.abc import PGresult

from shared.platform.statements import Answer, Bound, Params, Statement

_PREPARE_AFTER = 3
_MOST_KNOWN = 500
_GOOD = (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK)


class Pipeline:
    """One connection's way to the server. With `prepares` statements are prepared in its session, which a pooler has none of."""

    def __init__(self, connection: psycopg.Connection[Any], *, prepares: bool) -> None:
        self._connection, self._pgconn = connection, connection.pgconn
        self._prepares = prepares
        self._known: dict[str, Statement] = {}
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
            statement = self._known[sql] = Statement(self._connection, sql)
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
