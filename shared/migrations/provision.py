"""Make the roles and the database, as an administrator: before the first migration, locally and in the cloud alike."""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg
from psycopg import sql

OWNER, APP, JOBS = "comptoir_owner", "comptoir_app", "comptoir_jobs"
ROLES = (OWNER, APP, JOBS)
DATABASE = "comptoir"

# Any constant does, as long as every version of this code uses the same one.
_LOCK = 6_372_002
_ROLES_SQL = Path(__file__).with_name("roles.sql")


@dataclass(frozen=True, slots=True)
class DatabaseUrls:
    """`postgresql://` URLs of one database, by what the holder may do."""

    owner: str
    app: str
    jobs: str


def provision(admin_url: str, passwords: dict[str, str], database: str = DATABASE) -> DatabaseUrls:
    """Create what is missing of the roles and of `database`, set the passwords, answer the three URLs.

    `admin_url` names any existing database of the server and a role that may create roles and databases; `passwords`
    holds one for each of ROLES. May be run again.
    """
    with psycopg.connect(admin_url, autocommit=True) as admin:
        # Two at once would collide in the catalogue; the lock ends with the connection.
        admin.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
        admin.execute(_ROLES_SQL.read_bytes())
        for role in ROLES:
            # What the server keeps, made here: the password itself appears in no statement and in no log.
            kept = admin.pgconn.encrypt_password(passwords[role].encode(), role.encode(), b"scram-sha-256")
            admin.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(role), kept.decode()))
        if not admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone():
            create_database(admin, database)
    return urls_of(admin_url, passwords, database)


def urls_of(any_url: str, passwords: dict[str, str], database: str = DATABASE) -> DatabaseUrls:
    """The three URLs of `database` on the server of `any_url`."""
    return DatabaseUrls(*(url_as(any_url, role, passwords[role], database) for role in ROLES))


def url_as(any_url: str, role: str, password: str, database: str) -> str:
    """`any_url` with another role, password and database; its host, port and options stay."""
    parts = urlsplit(any_url)
    place = parts.netloc.rpartition("@")[2]
    return urlunsplit(
        parts._replace(netloc=f"{quote(role, '')}:{quote(password, '')}@{place}", path=f"/{database}")
    )


def create_database(
    admin: psycopg.Connection, database: str, template: str = "template0", *, by_files: bool = False
) -> None:
    """A database of the owner, which the functions' roles may enter and nobody else. `admin` is in autocommit.

    From template0, because what an administrator put into template1 must not slip into a protected database. A copy `by_files` is
    quick where nothing is flushed to the disk, as in tests.
    """
    name, model, owner, app, jobs = map(sql.Identifier, (database, template, *ROLES))
    strategy = sql.SQL("STRATEGY FILE_COPY" if by_files else "")
    admin.execute(sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {} {}").format(name, owner, model, strategy))
    admin.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(name))
    admin.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}, {}").format(name, app, jobs))
    admin.execute(sql.SQL("ALTER DATABASE {} SET timezone = 'UTC'").format(name))
