"""Connections: one per role and warm process. Everything a session could leak is SET LOCAL (transactions.py)."""

import threading
from enum import StrEnum
from typing import Any, LiteralString

import psycopg
from psycopg.rows import namedtuple_row
from psycopg.types.json import set_json_loads
from pydantic_core import from_json

from shared.platform.connection_urls import connection_url
from shared.platform.pipeline import Pipeline
from shared.platform.settings import forget, pending_secret, secret, settings
from shared.platform.statements import Params

_PREPARE_AFTER = 3


class Role(StrEnum):
    """Who a function is to PostgreSQL: `app` lives in one brand, `jobs` may sweep across brands."""

    APP = "APP_DATABASE"
    JOBS = "JOBS_DATABASE"


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
