"""Changing tables in use: indexes appear and go outside the transaction, and a try that was cut short is made good."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import create_engine, pool

from shared.migrations import online
from shared.migrations.provision import DatabaseUrls

_INDEX = "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass('catalog.tags_by_title')"


@pytest.fixture(autouse=True)
def _nothing_left(database: DatabaseUrls) -> Iterator[None]:
    yield
    with psycopg.connect(database.owner, autocommit=True) as owner:
        owner.execute("DROP INDEX IF EXISTS catalog.tags_by_title")


@contextmanager
def a_migration(database: DatabaseUrls) -> Iterator[None]:
    """What Alembic's environment puts around a migration."""
    engine = create_engine(
        database.owner.replace("postgresql:", "postgresql+psycopg:"), poolclass=pool.NullPool
    )
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"transaction_per_migration": True})
        with context.begin_transaction(_per_migration=True), Operations.context(context):
            yield


def index_of(database: DatabaseUrls) -> bool | None:
    """Whether the index is valid; None when there is none."""
    with psycopg.connect(database.owner) as owner:
        row = owner.execute(_INDEX).fetchone()
    return None if row is None else bool(row[0])


def test_an_index_is_built_apart_from_the_migrations_transaction(database: DatabaseUrls) -> None:
    with a_migration(database):
        online.add_index("tags_by_title", "catalog.tags", "(brand_id, title)")
        assert index_of(database) is True


def test_what_a_failed_try_left_is_built_again(database: DatabaseUrls) -> None:
    with psycopg.connect(database.owner, autocommit=True) as owner:
        # The state in which an interrupted CREATE INDEX CONCURRENTLY leaves it is a superuser's to forge; a name taken is enough.
        owner.execute("CREATE INDEX tags_by_title ON catalog.tags (title)")
    with a_migration(database):
        online.add_index("tags_by_title", "catalog.tags", "(brand_id, title)")
    with psycopg.connect(database.owner) as owner:
        found = owner.execute("SELECT pg_get_indexdef('catalog.tags_by_title'::regclass)").fetchone()
    assert found is not None
    assert "(brand_id, title)" in found[0]


def test_an_index_is_dropped_and_nobody_minds_when_it_is_gone_already(database: DatabaseUrls) -> None:
    with a_migration(database):
        online.add_index("tags_by_title", "catalog.tags", "(brand_id, title)")
    for _ in range(2):
        with a_migration(database):
            online.drop_index("catalog.tags_by_title")
    assert index_of(database) is None
