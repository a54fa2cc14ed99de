"""Where proofs are made: a PostgreSQL of their own, migrated, with one brand; gone when they are."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import psycopg

from shared.kernel.ids import new_id
from shared.migrations.provision import create_database, urls_of
from shared.platform import brands
from shared.platform import database as connections
from shared.platform.settings import forget
from tests import database_server

_NAME = "proofs"


@contextmanager
def ground() -> Iterator[tuple[brands.Brand, str]]:
    """The brand, and the superuser's URL of the database that the environment names from here on."""
    run = os.getpid()
    try:
        server = database_server.server_of(run)
        with psycopg.connect(server.admin_url, autocommit=True) as admin:
            create_database(admin, _NAME, template="comptoir")
        urls = urls_of(server.admin_url, server.passwords, _NAME)
        os.environ.update(APP_DATABASE=urls.app, JOBS_DATABASE=urls.jobs)
        forget()
        brands.forget()
        yield _brand(urls.jobs), server.admin_url.rpartition("/")[0] + f"/{_NAME}"
    finally:
        connections.close_all()
        database_server.stop(run)


def _brand(jobs_url: str) -> brands.Brand:
    now = datetime.now(UTC)
    made = brands.Brand(new_id(now), "proof", "Proof", "fr", "Europe/Paris", "EUR", "https://proof.example")
    with psycopg.connect(jobs_url, autocommit=True) as jobs:
        jobs.execute(
            "INSERT INTO platform.brands (id, slug, name, locale, timezone, currency, store_url, created_at)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
            (made.id, made.slug, made.name, made.locale, made.timezone, made.currency, made.store_url, now),
        )
    return made
