"""Connections and transactions. One connection per role and warm process; everything a session could leak is SET LOCAL."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum, StrEnum, auto
from typing import Any, LiteralString
from uuid import UUID

import psycopg
from psycopg.pq import ConnStatus, ExecStatus
from psycopg.rows import namedtuple_row
from psycopg.types.json import set_json_loads
from pydantic_core import from_json

from shared.platform.connection_urls import connection_url
from shared.platform.pipeline import Answer, Bound, Params, Pipeline
from shared.platform.settings import forget, pending_secret, secret, settings

_PREPARE_AFTER = 3


class Role(StrEnum):
    """Who a function is to PostgreSQL: `app` lives in one brand, `jobs` may sweep across brands."""

    APP = "APP_DATABASE"
    JOBS = "JOBS_DATABASE"


class Kind(Enum):
    """What a transaction is for. `READING` may not write, and nobody waits for its COMMIT; nobody waits for the disk after a
    `REPEATABLE` one, which is done again if the server loses it."""

    WRITING = auto()
    READING = auto()
    REPEATABLE = auto()


class NotCommitted(Exception):
    """The transaction had failed before its COMMIT, and was rolled back by it."""


class Connection(psycopg.Connection[Any]):
    """A connection and its `wire`, by which stories' statements go."""

    wire: Pipeline


_warm = threading.local()


def connection(role: Role) -> Connection:
    """The warm connection of this role (and thread), in autocommit: transactions are written out below."""
    known: dict[Role, Connection] = _warm.__dict__.setdefault("connections", {})
    found = known.get(role)
    if found is not None:
        found.wire.catch_up()
    if found is None or found.closed:
        found = known[role] = _connect(role)
    return found


def _connect(role: Role) -> Connection:
    try:
        return _dial(secret(role))
    except psycopg.OperationalError as error:
        if "authentication" not in str(error):
            raise
    # The secret was rotated under this warm process.
    forget()
    try:
        return _dial(secret(role))
    except psycopg.OperationalError as error:
        if "authentication" not in str(error):
            raise
        # Or it is being rotated right now: the password has changed, and the secret is about to.
        pending = pending_secret(role)
        if pending is None:
            raise
        return _dial(pending)


def _dial(held: str) -> Connection:
    # Named prepared statements do not survive a transaction pooler, so they are the direct connection's privilege.
    prepares = settings().database_prepares
    made = Connection.connect(
        connection_url(held, settings().database_host),
        autocommit=True,
        row_factory=namedtuple_row,
        prepare_threshold=_PREPARE_AFTER if prepares else None,
        connect_timeout=settings().database_connect_seconds,
        application_name="comptoir",
    )
    set_json_loads(from_json, made)
    made.wire = Pipeline(made, prepares=prepares)
    return made


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
            by = self._connection = connection(self._role)
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
    found = connection(role)
    if found.wire.is_full or found.wire.was_closed():
        found.close()
        found = connection(role)
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


def look_up(sql: LiteralString, *values: object) -> Any | None:
    """One row outside any transaction and brand, by whichever role this function was given."""
    role = Role.APP if settings().app_database else Role.JOBS
    named = {f"value{number}": value for number, value in enumerate(values)}
    text = sql % tuple(f"%({name})s" for name in named)
    try:
        return _looked_up(role, text, named)
    except psycopg.OperationalError:
        # Often the first query after an idle time; it only reads, so once more is safe.
        connection(role).close()
        return _looked_up(role, text, named)


def _looked_up(role: Role, sql: str, params: Params) -> Any | None:
    wire = connection(role).wire
    (answer,) = wire.exchange((), [wire.bind(sql, params)])
    return answer.one()


def close_all() -> None:
    """Close this thread's connections."""
    for conn in _warm.__dict__.pop("connections", {}).values():
        conn.close()
