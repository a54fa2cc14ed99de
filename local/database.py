"""The database of the local run: our own PostgreSQL, or the server that DATABASE_URL names; migrated."""

import os
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from local import postgres
from local.files import Files
from local.progress import doing
from shared.migrations import provision
from shared.migrations.provision import DatabaseUrls

_VERSIONS = Path(provision.__file__).with_name("versions")


class Database:
    """`urls` once started. A server of ours is stopped with us; a given one is left alone."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self._server: postgres.PostgreSQL | None = None
        self.urls: DatabaseUrls

    def start(self) -> None:
        """Raises local.postgres.PostgresFailed, psycopg.Error. To be called from the main thread."""
        given = os.environ.get("DATABASE_URL")
        if given:
            passwords = {role: self._files.secret(role) for role in provision.ROLES}
            name = urlsplit(given).path.strip("/")
            database = provision.DATABASE if name in ("", "postgres") else name
            self.urls = provision.provision(given, passwords, database)
        else:
            home = postgres.home(self._files.home)
            self._server = postgres.PostgreSQL(home, self._files.port_for("postgres"))
            with doing("starting PostgreSQL"):
                self._server.start()
            self.urls = self._server.urls
        if _revision(self.urls.owner) != newest_revision():
            with doing("migrating the database"):
                # Alembic and SQLAlchemy take half a second to import, which only a change of the schema is worth.
                from shared.migrations.upgrade import upgrade

                upgrade(self.urls.owner)

    def is_up(self) -> bool:
        """Whether our own server still runs."""
        return self._server is None or self._server.pid is not None

    def stop(self) -> None:
        """Stop a server of ours."""
        if self._server:
            self._server.stop()


def newest_revision() -> str:
    """The last migration that this code has."""
    return max(path.stem for path in _VERSIONS.glob("[0-9]*.py"))


def _revision(owner_url: str) -> str | None:
    with psycopg.connect(owner_url) as connection:
        try:
            row = connection.execute("SELECT version_num FROM public.alembic_version").fetchone()
        except psycopg.errors.UndefinedTable:
            return None
    return str(row[0]) if row else None
