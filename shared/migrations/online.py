"""Changes of tables that are in use: what a plain statement would lock for as long as the table is large."""

from alembic import op

# Building waits for transactions that began before it, and nobody waits for the building.
_PATIENCE = "10min"


def add_index(name: str, table: str, definition: str, *, unique: bool = False) -> None:
    """Build the index `name` on `table` ("schema.table"), whose columns and the rest are `definition`: "(brand_id, id)".

    It is committed by itself, apart from the migration's other changes: give it a migration of its own. May be run again, also after
    a try that was cut short, which leaves an index that is kept up to date but never used.
    """
    kind = "UNIQUE INDEX" if unique else "INDEX"
    with op.get_context().autocommit_block():
        op.execute(f"SET lock_timeout = '{_PATIENCE}'")
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {table.partition('.')[0]}.{name}")
        op.execute(f"CREATE {kind} CONCURRENTLY IF NOT EXISTS {name} ON {table} {definition}")
        op.execute("RESET lock_timeout")


def drop_index(name: str) -> None:
    """Drop the index `name` ("schema.index") while its table is in use."""
    with op.get_context().autocommit_block():
        op.execute(f"SET lock_timeout = '{_PATIENCE}'")
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
        op.execute("RESET lock_timeout")
