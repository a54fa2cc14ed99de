"""A new PostgreSQL, migrated, for benches that fill tables with millions of rows and call functions in their own process."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import psycopg
from psycopg.types.json import Jsonb

from local import postgres
from local.files import CHECKOUT
from local.postgres import places
from shared.kernel.ids import new_id
from shared.migrations.provision import DATABASE, ROLES, provision
from shared.migrations.upgrade import upgrade
from shared.platform import brands, clock
from shared.platform import database as connections
from shared.platform.brands import Brand, brand_by_id
from shared.platform.settings import forget
from tests.accounts import ISSUER, MASTER_KEY
from tests.bench.shop import PLENTY


@contextmanager
def server(name: str) -> Iterator[postgres.PostgreSQL]:
    """A server of this name, which the environment then names; it does not wait for the disk, for what is counted is what is read."""
    home = CHECKOUT / ".local" / f"bench-{name}"
    _clear(home)
    home.mkdir(parents=True)
    try:
        with postgres.PostgreSQL(postgres.home(home), 0, durable=False) as found:
            urls = provision(found.admin_url, {role: role for role in ROLES})
            upgrade(urls.owner)
            os.environ.update(
                APP_DATABASE=urls.app, JOBS_DATABASE=urls.jobs, MASTER_KEY=MASTER_KEY, PUBLIC_URL=ISSUER
            )
            forget()
            brands.forget()
            yield found
            connections.close_all()
    finally:
        _clear(home)


def superuser(found: postgres.PostgreSQL) -> psycopg.Connection:
    """Who may fill tables past their triggers."""
    return psycopg.connect(found.url_as("postgres", DATABASE), autocommit=True)


def open_brand(slug: str) -> Brand:
    """A new brand, French, in euros, whose limits let everything pass."""
    made: UUID = new_id(clock.now())
    with psycopg.connect(os.environ["JOBS_DATABASE"], autocommit=True) as jobs:
        jobs.execute(
            "INSERT INTO platform.brands (id, slug, name, locale, timezone, currency, store_url, settings, created_at)"
            " VALUES (%s, %s, 'Bench', 'fr', 'Europe/Paris', 'EUR', 'https://bench.example', %s, %s)",
            (made, slug, Jsonb(PLENTY), clock.now()),
        )
    return brand_by_id(made)


def _clear(home: Path) -> None:
    places.remove(home)
    shutil.rmtree(home, ignore_errors=True)
