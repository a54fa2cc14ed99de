"""Bring a database to a revision: called by the deployment, the local run and the tests."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

_HERE = Path(__file__).parent


def upgrade(
    owner_url: str,
    revision: str = "head",
    *,
    tell: Callable[[str], None] = lambda _: None,
    seconds: float | None = None,
) -> list[str]:
    """Apply, as the owner, what `revision` lacks; answer the applied revisions in order.

    `owner_url` is a `postgresql://` URL of a direct connection (a transaction pooler would lose the lock that keeps
    two runs apart). `tell` hears each revision once it is applied. No statement may take longer than `seconds`. A failing
    migration is rolled back and raised; those before it stay.
    """
    applied: list[str] = []

    def note(*, step: Any, **_: Any) -> None:
        applied.append(step.up_revision_id)
        tell(step.up_revision_id)

    config = _config()
    config.set_main_option("sqlalchemy.url", owner_url.replace("%", "%%"))
    config.attributes["applied"] = note
    config.attributes["seconds"] = seconds
    command.upgrade(config, revision)
    return applied


def current(owner_url: str) -> str | None:
    """The revision that a database is at; None before the first."""
    with psycopg.connect(owner_url) as connection:
        try:
            row = connection.execute("SELECT version_num FROM public.alembic_version").fetchone()
        except psycopg.errors.UndefinedTable:
            return None
    return str(row[0]) if row else None


def revisions() -> list[str]:
    """Every revision that this code knows, oldest first."""
    known = ScriptDirectory.from_config(_config()).walk_revisions()
    return [script.revision for script in known][::-1]


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_HERE).replace("%", "%%"))
    return config
