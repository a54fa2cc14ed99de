"""Connections and transactions. One connection per role and warm process; everything a session could leak is SET LOCAL."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import Any, LiteralString
from uuid import UUID

import psycopg
from psycopg.pq import ConnStatus, ExecStatus
from psycopg.rows import namedtuple_row

from shared.platform.connection_urls import connection_url
from shared.platform.settings import forget, pending_secret, secret, settings

_PREPARE_AFTER = 3


class Role(StrEnum):
    """Who a function is to PostgreSQL: `app` lives in one brand, `jobs` may sweep across brands."""

    APP = "APP_DATABASE"
    JOBS = "JOBS_DATABASE"


class NotCommitted(Exception):
    """The transaction had failed before its COMMIT, and was rolled back by it."""


_warm = threading.local()


def connection(role: Role) -> psycopg.Connection:
    """The warm connection of this role (and thread), in autocommit: transactions are written out below."""
    known: dict[Role, psycopg.Connection] = _warm.__dict__.setdefault("connections", {})
    found = known.get(role)
    if found is None or found.closed:
        found = known[role] = _connect(role)
    return found


def _connect(role: Role) -> psycopg.Connection:
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


def _dial(held: str) -> psycopg.Connection:
    return psycopg.connect(
        connection_url(held, settings().database_host),
        autocommit=True,
        row_factory=namedtuple_row,
        # Named prepared statements do not survive a transaction pooler, so they are the direct connection's privilege.
        prepare_threshold=_PREPARE_AFTER if settings().database_prepares else None,
        connect_timeout=settings().database_connect_seconds,
        application_name="comptoir",
    )


@contextmanager
def transaction(role: Role, brand_id: UUID | None, durable: bool = True) -> Iterator[psycopg.Connection]:
    """BEGIN, with the brand set in the same message; COMMIT at the end (waiting for the disk if `durable`), ROLLBACK on any
    exception."""
    begin = _begin(role, brand_id) + (b"" if durable else b"; SET LOCAL synchronous_commit = off")
    conn = connection(role)
    try:
        simply(conn, begin)
    except psycopg.OperationalError:
        # The server went away while this process was idle: nothing was done yet, so once more is safe.
        conn.close()
        conn = connection(role)
        simply(conn, begin)
    try:
        yield conn
        committed = simply(conn, b"COMMIT")
        if committed != b"COMMIT":
            # After an error that the story swallowed, COMMIT succeeds by rolling back: nothing was kept, so nothing may be answered.
            raise NotCommitted(committed.decode())
    except BaseException:
        _abandon(conn)
        raise


def simply(conn: psycopg.Connection, sql: bytes) -> bytes:
    """Run statements that answer no rows; the last one's tag. By libpq itself: what a cursor adds to it costs more than
    PostgreSQL does for a BEGIN or a COMMIT, and every request pays for both. Raises psycopg.Error."""
    result = conn.pgconn.exec_(sql)
    if result.status == ExecStatus.COMMAND_OK:
        return result.command_status or b""
    if conn.pgconn.status != ConnStatus.OK:
        raise psycopg.OperationalError(conn.pgconn.get_error_message())
    raise psycopg.errors.error_from_result(result, conn.info.encoding)


def _begin(role: Role, brand_id: UUID | None) -> bytes:
    if brand_id is None:
        return b"BEGIN"
    # Inside one brand a job is the application: the same policies, and the same indexes that begin with the brand.
    become = b"SET LOCAL ROLE comptoir_app; " if role is Role.JOBS else b""
    return b"BEGIN; " + become + b"SET LOCAL app.brand = '%s'" % str(brand_id).encode()


def look_up(sql: LiteralString, *values: object) -> Any | None:
    """One row outside any transaction and brand, by whichever role this function was given."""
    role = Role.APP if settings().app_database else Role.JOBS
    try:
        return connection(role).execute(sql, values).fetchone()
    except psycopg.OperationalError:
        # Often the first query after an idle time; it only reads, so once more is safe.
        connection(role).close()
        return connection(role).execute(sql, values).fetchone()


def _abandon(conn: psycopg.Connection) -> None:
    try:
        conn.execute(b"ROLLBACK")
    except psycopg.Error:
        conn.close()


def close_all() -> None:
    """Close this thread's connections."""
    for conn in _warm.__dict__.pop("connections", {}).values():
        conn.close()
