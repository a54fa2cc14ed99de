"""Connections and transactions. One connection per role and warm process; everything a session could leak is SET LOCAL."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from uuid import UUID

import psycopg
from psycopg.rows import namedtuple_row

from shared.platform.settings import forget, secret, settings

_PREPARE_AFTER = 3
_CONNECT_SECONDS = 5


class Role(StrEnum):
    """Who a function is to PostgreSQL: `app` lives in one brand, `jobs` may sweep across brands."""

    APP = "APP_DATABASE"
    JOBS = "JOBS_DATABASE"


_warm = threading.local()


def connection(role: Role) -> psycopg.Connection:
    """The warm connection of this role (and thread), in autocommit: transactions are written out below."""
    known: dict[Role, psycopg.Connection] = _warm.__dict__.setdefault("connections", {})
    found = known.get(role)
    if found is None or found.closed:
        found = known[role] = _connect(role)
    return found


def _connect(role: Role) -> psycopg.Connection:
    def dial() -> psycopg.Connection:
        return psycopg.connect(
            secret(role),
            autocommit=True,
            row_factory=namedtuple_row,
            # Named prepared statements do not survive a transaction pooler, so they are the direct connection's privilege.
            prepare_threshold=_PREPARE_AFTER if settings().database_prepares else None,
            connect_timeout=_CONNECT_SECONDS,
            application_name="comptoir",
        )

    try:
        return dial()
    except psycopg.OperationalError as error:
        if "authentication" not in str(error):
            raise
        # The secret was rotated under this warm process.
        forget()
        return dial()


@contextmanager
def transaction(role: Role, brand_id: UUID | None) -> Iterator[psycopg.Connection]:
    """BEGIN, with the brand set in the same message; COMMIT at the end, ROLLBACK on any exception."""
    begin = b"BEGIN" if brand_id is None else b"BEGIN; SET LOCAL app.brand = '%s'" % str(brand_id).encode()
    conn = connection(role)
    try:
        conn.execute(begin)
    except psycopg.OperationalError:
        # The server went away while this process was idle: nothing was done yet, so once more is safe.
        conn.close()
        conn = connection(role)
        conn.execute(begin)
    try:
        yield conn
        conn.execute(b"COMMIT")
    except BaseException:
        _abandon(conn)
        raise


def _abandon(conn: psycopg.Connection) -> None:
    try:
        conn.execute(b"ROLLBACK")
    except psycopg.Error:
        conn.close()


def close_all() -> None:
    """Close this thread's connections."""
    for conn in _warm.__dict__.pop("connections", {}).values():
        conn.close()
