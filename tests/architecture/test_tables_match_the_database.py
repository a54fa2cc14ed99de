"""The tables in code and the migrated database say the same: SQLAlchemy's models are compared by Alembic."""

from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import MetaData, create_engine, pool

import shared
from shared.migrations.provision import DatabaseUrls

_SHARED = Path(shared.__file__).parent
CONTEXTS = sorted(
    path.relative_to(_SHARED).parts[0]
    for name in ("tables.py", "tables/__init__.py")
    for path in _SHARED.glob(f"*/{name}")
)


@pytest.mark.parametrize("context", CONTEXTS)
def test_models_are_the_migrated_tables(context: str, database: DatabaseUrls) -> None:
    metadata: MetaData = import_module(f"shared.{context}.tables").Base.metadata
    assert metadata.schema == context

    def in_context(name: str | None, kind: str, _: Any) -> bool:
        return name == context if kind == "schema" else True

    engine = create_engine(
        database.owner.replace("postgresql:", "postgresql+psycopg:"), poolclass=pool.NullPool
    )
    with engine.connect() as connection:
        compared = MigrationContext.configure(
            connection,
            opts={"include_schemas": True, "include_name": in_context, "compare_server_default": False},
        )
        assert compare_metadata(compared, metadata) == []
