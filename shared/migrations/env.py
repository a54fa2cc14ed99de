"""Alembic's environment: one direct connection as the owner, one migration run at a time, one transaction per migration."""

import os
import time
from urllib.parse import urlsplit, urlunsplit

from alembic import context
from sqlalchemy import Connection, create_engine, pool, text

# Any constant does, as long as every version of this code uses the same one.
_LOCK = 6_372_001
_POLL_SECONDS = 0.2
# A migration that waits for a table makes everything behind it wait: better to give up and be run again.
_LOCK_TIMEOUT = "10s"


def _owner_url() -> str:
    """SQLAlchemy's spelling of the owner's `postgresql://` URL."""
    given = context.config.get_main_option("sqlalchemy.url") or os.environ["OWNER_DATABASE"]
    return urlunsplit(urlsplit(given)._replace(scheme="postgresql+psycopg"))


def _wait_for_others(connection: Connection) -> None:
    # Not by waiting in the lock: an index that the other one builds concurrently waits for every open transaction, this one too.
    while not connection.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": _LOCK}).scalar():
        connection.commit()
        time.sleep(_POLL_SECONDS)
    connection.commit()


def _options() -> str:
    seconds = context.config.attributes.get("seconds")
    longest = f" -c statement_timeout={int(seconds * 1000)}" if seconds else ""
    return f"-c lock_timeout={_LOCK_TIMEOUT}{longest}"


def _migrate() -> None:
    engine = create_engine(_owner_url(), poolclass=pool.NullPool, connect_args={"options": _options()})
    with engine.connect() as connection:
        _wait_for_others(connection)
        context.configure(
            connection,
            version_table_schema="public",
            transaction_per_migration=True,
            on_version_apply=context.config.attributes.get("applied"),
        )
        with context.begin_transaction():
            context.run_migrations()


_migrate()
