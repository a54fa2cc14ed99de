"""Migrations: from nothing to the newest on a bare server, once, in one line, whoever else tries at the same time."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

import shared.migrations
from local.postgres.places import CHECKOUT
from shared.migrations.provision import DatabaseUrls, create_database, provision, urls_of
from shared.migrations.upgrade import revisions, upgrade
from tests.database_server import TestServer


@pytest.fixture
def empty(postgres: TestServer) -> Iterator[DatabaseUrls]:
    """A new database without any migration."""
    name = f"empty_{uuid4().hex}"
    with psycopg.connect(postgres.admin_url, autocommit=True) as admin:
        create_database(admin, name)
        yield urls_of(postgres.admin_url, postgres.passwords, name)
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


def test_an_empty_database_gets_every_migration_in_order(empty: DatabaseUrls) -> None:
    told: list[str] = []
    assert upgrade(empty.owner, tell=told.append) == revisions() == told
    with psycopg.connect(empty.owner) as connection:
        assert connection.execute("SELECT version_num FROM public.alembic_version").fetchall() == [
            (revisions()[-1],)
        ]


def test_a_second_run_finds_nothing_to_do(empty: DatabaseUrls) -> None:
    upgrade(empty.owner)
    assert upgrade(empty.owner) == []


def test_two_runs_at_once_do_the_work_once(empty: DatabaseUrls) -> None:
    runs = [
        subprocess.Popen(
            [sys.executable, "-m", "local.migrate"],
            cwd=CHECKOUT,
            env=os.environ | {"OWNER_DATABASE": empty.owner},
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    said = sorted(run.communicate()[0] for run in runs)
    assert said == [
        "".join(f"migrated {name}\n" for name in revisions()) + f"{len(revisions())} migrations applied\n",
        "up to date\n",
    ]


def test_migrations_stop_at_the_revision_that_was_asked_for(empty: DatabaseUrls) -> None:
    first = revisions()[0]
    assert upgrade(empty.owner, first) == [first]
    assert upgrade(empty.owner) == revisions()[1:]


def test_revisions_are_one_line_and_named_like_their_files() -> None:
    files = Path(shared.migrations.__file__).parent / "versions"
    assert revisions() == sorted(path.stem for path in files.glob("[0-9]*.py"))


def test_provisioning_again_changes_nothing_but_the_passwords(postgres: TestServer) -> None:
    urls = provision(postgres.admin_url, postgres.passwords)
    with psycopg.connect(urls.owner) as connection:
        assert connection.execute("SELECT current_user::text").fetchone() == ("comptoir_owner",)


def test_nobody_but_the_three_roles_may_enter(empty: DatabaseUrls, postgres: TestServer) -> None:
    with psycopg.connect(postgres.admin_url, autocommit=True) as admin:
        stranger = f"stranger_{uuid4().hex}"
        admin.execute(f"CREATE ROLE {stranger}")
        database = empty.owner.rpartition("/")[2]
        entered = admin.execute(
            "SELECT has_database_privilege(%s, %s, 'CONNECT')", [stranger, database]
        ).fetchone()
        admin.execute(f"DROP ROLE {stranger}")
    assert entered == (False,)
