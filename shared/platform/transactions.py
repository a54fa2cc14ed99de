"""Transactions: begun with their first statement, their brand set in the same message; nothing of them outlives them in the session."""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum, auto
from typing import Any
from uuid import UUID

import psycopg
from psycopg.pq import ConnStatus, ExecStatus

from shared.platform import database
from shared.platform.database import Connection, Role
from shared.platform.statements import Answer, Bound, Params


class Kind(Enum):
    """What a transaction is for. `READING` may not write, and nobody waits for its COMMIT; nobody waits for the disk after a
    `REPEATABLE` one, which is done again if the server loses it."""

    WRITING = auto()
    READING = auto()
    REPEATABLE = auto()


class NotCommitted(Exception):
    """The transaction had failed before its COMMIT, and was rolled back by it."""


class Soon:
    """A statement that waits to be sent with the next one, or with the COMMIT. Who reads its answer earlier has it sent."""

    __slots__ = ("_answer", "_transaction", "params", "sql")

    def __init__(self, transaction: "Transaction", sql: str, params: Params) -> None:
        self._transaction, self.sql, self.params = transaction, sql, params
        self._answer: Answer | None = None

    def answered(self, answer: Answer) -> None:
        """It was sent, and this is what came back."""
        self._answer = answer

    @property
    def answer(self) -> Answer:
        """What came back. Raises psycopg.Error."""
        if self._answer is None:
            self._transaction.send()
        if self._answer is None:
            raise psycopg.errors.InFailedSqlTransaction("a statement before this one has failed")
        return self._answer

    @property
    def count(self) -> int:
        """How many rows it touched."""
        return self.answer.count

    def one(self) -> Any | None:
        """The first row (a namedtuple) or None."""
        return self.answer.one()

    def value(self) -> Any | None:
        """The first column of the first row, or None when there is no row."""
        return self.answer.value()

    def all(self) -> list[Any]:
        """Every row (namedtuples)."""
        return self.answer.all()


class Transaction:
    """BEGIN, with the brand set, goes in one message with the first statement: a story that sends none costs no round trip."""

    __slots__ = ("_before", "_connection", "_is_whole", "_kind", "_role", "_waiting")

    def __init__(self, role: Role, brand_id: UUID | None, kind: "Kind") -> None:
        self._role, self._kind, self._before = role, kind, _begin(role, brand_id, kind)
        self._connection: Connection | None = None
        self._waiting: list[Soon] = []
        self._is_whole = True

    def soon(self, sql: str, params: Params) -> Soon:
        """A statement to be sent with the next one."""
        waits = Soon(self, sql, params)
        self._waiting.append(waits)
        return waits

    def execute(self, sql: str, params: Params) -> Answer:
        """The answer to a statement, sent now. Raises psycopg.Error, for what was sent with it too."""
        waits = self.soon(sql, params)
        self.send()
        return waits.answer

    def send(self) -> None:
        """Send what waits, after BEGIN if nothing was sent yet. Raises psycopg.Error."""
        if self._waiting or self._connection is None:
            self._exchange(b"")

    def begun(self) -> Connection:
        """The connection, for who sends by it."""
        self.send()
        assert self._connection
        return self._connection

    def commit(self) -> None:
        """End it well. Raises NotCommitted, psycopg.Error."""
        if not self._is_whole:
            raise NotCommitted("a statement that was to be sent could not be")
        if self._waiting:
            self._exchange(b"COMMIT")
        elif self._connection is None:
            return
        elif self._kind is Kind.READING and self._connection.wire.is_sound():
            self._connection.wire.leave(b"COMMIT")
        else:
            committed = simply(self._connection, b"COMMIT")
            if committed != b"COMMIT":
                # After an error that the story swallowed, COMMIT succeeds by rolling back: nothing was kept, so nothing may be answered.
                raise NotCommitted(committed.decode())

    def abandon(self) -> None:
        """End it as if it had never been."""
        if self._connection is None:
            return
        try:
            simply(self._connection, b"ROLLBACK")
        except psycopg.Error:
            self._connection.close()

    def _exchange(self, after: bytes) -> None:
        by = self._connection or _fit(self._role)
        bound = self._bound(by)
        batch, self._waiting = self._waiting, []
        is_first, self._connection = self._connection is None, by
        before = self._before if is_first else ()
        try:
            answers = by.wire.exchange(before, bound, after)
        except psycopg.OperationalError:
            if after or not is_first or not by.closed:
                raise
            # The server went away while this process was idle. Nothing can have been committed, so once more is safe.
            by = self._connection = database.connection(self._role)
            again = [by.wire.bind(each.sql, each.params) for each in batch]
            answers = by.wire.exchange(before, again, after)
        for each, answer in zip(batch, answers, strict=True):
            each.answered(answer)

    def _bound(self, by: Connection) -> list[Bound]:
        bound = []
        for each in self._waiting:
            try:
                bound.append(by.wire.bind(each.sql, each.params))
            except BaseException:
                # The one that was asked just now is its asker's mistake; one that was to be sent soon is missing from what was done.
                self._is_whole = self._is_whole and each is self._waiting[-1]
                self._waiting.remove(each)
                raise
        return bound


def _fit(role: Role) -> Connection:
    found = database.connection(role)
    if found.wire.is_full or found.wire.was_closed():
        found.close()
        found = database.connection(role)
    return found


@contextmanager
def open_transaction(role: Role, brand_id: UUID | None, kind: Kind = Kind.WRITING) -> Iterator[Transaction]:
    """A transaction that begins with its first statement; COMMIT at the end, ROLLBACK on any exception."""
    opened = Transaction(role, brand_id, kind)
    try:
        yield opened
        opened.commit()
    except BaseException:
        opened.abandon()
        raise


@contextmanager
def transaction(role: Role, brand_id: UUID | None) -> Iterator[Connection]:
    """The same, begun: its connection."""
    with open_transaction(role, brand_id) as opened:
        yield opened.begun()


def simply(conn: psycopg.Connection, sql: bytes) -> bytes:
    """Run statements that answer no rows; the last one's tag. Raises psycopg.Error."""
    result = conn.pgconn.exec_(sql)
    if result.status == ExecStatus.COMMAND_OK:
        return result.command_status or b""
    if conn.pgconn.status != ConnStatus.OK:
        raise psycopg.OperationalError(conn.pgconn.get_error_message())
    raise psycopg.errors.error_from_result(result, conn.info.encoding)


def _begin(role: Role, brand_id: UUID | None, kind: Kind) -> tuple[bytes, ...]:
    commands = [b"BEGIN READ ONLY" if kind is Kind.READING else b"BEGIN"]
    if brand_id is not None:
        if role is Role.JOBS:
            # Inside one brand a job is the application: the same policies, and the same indexes that begin with the brand.
            commands.append(b"SET LOCAL ROLE comptoir_app")
        commands.append(b"SET LOCAL app.brand = '%s'" % str(brand_id).encode())
    if kind is Kind.REPEATABLE:
        commands.append(b"SET LOCAL synchronous_commit = off")
    return tuple(commands)
