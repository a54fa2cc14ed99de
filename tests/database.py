"""Fixtures: a real, migrated PostgreSQL, empty at the beginning of each test that asks for it."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime

import psycopg
import pytest

from shared.kernel.ids import new_id
from shared.migrations.provision import DatabaseUrls, create_database, urls_of
from shared.platform import brands
from shared.platform import database as connections
from shared.platform.settings import forget
from tests import database_server
from tests.database_server import TestServer

_CONTROLLER = "COMPTOIR_TESTS_RUN_BY"

_TABLES = """
    SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind = 'r' AND n.nspname !~ '^(pg_|information_schema$|public$)'
"""
# As a replica's session no trigger fires: neither foreign keys nor what makes a table append-only stand in the way.
_EMPTY = """
    SET LOCAL session_replication_role = replica;
    SET LOCAL lock_timeout = '5s';
"""
_BRAND = ("id", "slug", "name", "locale", "timezone", "currency", "store_url")
_ADD_BRAND = """
    WITH made AS (
        INSERT INTO platform.brands (id, slug, name, locale, timezone, currency, store_url, created_at)
        VALUES (%(id)s, %(slug)s, %(name)s, %(locale)s, %(timezone)s, %(currency)s, %(store_url)s, %(now)s)
    )
    INSERT INTO platform.brand_hosts (host, brand_id) VALUES (%(slug)s || '.example', %(id)s)
"""


def pytest_configure(config: pytest.Config) -> None:
    # The workers of pytest-xdist inherit it and so share one server.
    if not hasattr(config, "workerinput"):
        os.environ[_CONTROLLER] = str(os.getpid())


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        database_server.stop(os.getpid())


@pytest.fixture(scope="session")
def postgres() -> TestServer:
    """The run's server: for tests that make databases of their own."""
    return database_server.server_of(int(os.environ[_CONTROLLER]))


@pytest.fixture(scope="session")
def worker_database(postgres: TestServer) -> Iterator[tuple[DatabaseUrls, psycopg.Connection, list[str]]]:
    """This worker's database, a connection to it as the superuser, and the tables that tests fill."""
    name = f"test_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    with psycopg.connect(postgres.admin_url, autocommit=True) as admin:
        create_database(admin, name, template="comptoir", by_files=True)
    superuser = postgres.admin_url.rpartition("/")[0] + f"/{name}"
    with psycopg.connect(superuser, autocommit=True) as admin:
        tables = [row[0] for row in admin.execute(_TABLES)]
        # What the migrations themselves wrote is the schema's, and stays.
        filled = [table for table in tables if not _has_rows(admin, table)]
        yield urls_of(postgres.admin_url, postgres.passwords, name), admin, filled
        connections.close_all()


@pytest.fixture
def database(
    worker_database: tuple[DatabaseUrls, psycopg.Connection, list[str]], monkeypatch: pytest.MonkeyPatch
) -> Iterator[DatabaseUrls]:
    """An empty database that the functions' code connects to, by its roles' URLs."""
    urls, admin, tables = worker_database
    monkeypatch.setenv("APP_DATABASE", urls.app)
    monkeypatch.setenv("JOBS_DATABASE", urls.jobs)
    forget()
    brands.forget()
    yield urls
    with admin.transaction():
        admin.execute(_EMPTY + "".join(f"DELETE FROM {table};" for table in tables))
    forget()
    brands.forget()


@pytest.fixture
def brand(
    database: DatabaseUrls, worker_database: tuple[DatabaseUrls, psycopg.Connection, list[str]]
) -> brands.Brand:
    """The brand a test is about."""
    return make_brand(worker_database[1], "maison")


@pytest.fixture
def another_brand(
    database: DatabaseUrls, worker_database: tuple[DatabaseUrls, psycopg.Connection, list[str]]
) -> brands.Brand:
    """A brand that must not be touched or seen."""
    return make_brand(worker_database[1], "ailleurs")


def make_brand(admin: psycopg.Connection, slug: str) -> brands.Brand:
    """A brand of this slug: French, in euros. By a connection that is open anyway: to open one costs more than the rest."""
    now = datetime.now(UTC)
    made = brands.Brand(
        new_id(now), slug, slug.title(), "fr", "Europe/Paris", "EUR", f"https://{slug}.example"
    )  # fmt: skip
    admin.execute(_ADD_BRAND, {name: getattr(made, name) for name in _BRAND} | {"now": now})
    return made


def _has_rows(admin: psycopg.Connection, table: str) -> bool:
    return bool(admin.execute(f"SELECT EXISTS (SELECT 1 FROM {table})").fetchone() == (True,))
