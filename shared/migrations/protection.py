"""What every table gets from its first migration on: its brand, forced row-level security, and no more rights than needed."""

from alembic import op

from shared.migrations.provision import APP, JOBS

# After a transaction that set it, the setting is '' and not NULL. The sub-select is evaluated once per statement
# (an InitPlan), so that the policy costs no call per row and an index that begins with brand_id can be used.
CURRENT_BRAND = "(select nullif(current_setting('app.brand', true), '')::uuid)"

_READ_AND_WRITE = "SELECT, INSERT, UPDATE, DELETE"
_READ_AND_APPEND = "SELECT, INSERT"


def create_schema(name: str) -> None:
    """Create a context's schema, in which the functions' roles may use what they are granted table by table."""
    op.execute(f"CREATE SCHEMA {name}")
    op.execute(f"GRANT USAGE ON SCHEMA {name} TO {APP}, {JOBS}")


def protect(
    table: str, *, jobs: bool = True, append_only: bool = False, brand_column: str = "brand_id"
) -> None:
    """Make `table` ("schema.table") visible and writable within the transaction's brand alone.

    The application's role sees nothing when no brand is set. The jobs' role, unless `jobs=False`, sees every brand
    while none is set, and one brand once it is. `append_only` gives neither role UPDATE or DELETE.
    `brand_column` is for the one table whose own id is the brand's.
    """
    own = f"{brand_column} = {CURRENT_BRAND}"
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    _allow(table, APP, own, append_only)
    if jobs:
        _allow(table, JOBS, f"{CURRENT_BRAND} IS NULL OR {own}", append_only)


def _allow(table: str, role: str, rows: str, append_only: bool) -> None:
    op.execute(f"CREATE POLICY {role} ON {table} TO {role} USING ({rows}) WITH CHECK ({rows})")
    op.execute(f"GRANT {_READ_AND_APPEND if append_only else _READ_AND_WRITE} ON {table} TO {role}")
