"""No query sees or writes another brand's rows, even if the code forgets to filter: proven by raw SQL on every table."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg import sql

from shared.migrations.provision import APP, JOBS, DatabaseUrls, create_database, url_as, urls_of
from tests.database_server import TestServer

# The tables that hold nothing of any brand, and why; everything else has a brand_id.
SHARED_BY_ALL_BRANDS = {
    "platform.job_runs": "a run of a job sweeps across brands",
    "billing.reconciliations": "one account at a provider serves all brands",
    "identity.signing_keys": "one issuer signs the tokens of all brands",
    "identity.certificate_keys": "and the certificates of erasure",
}
BRANDS = "platform.brands"
# The brands themselves: found by host or slug before any brand is set, through definer functions.
READ_AS_OWNER = {
    # A webhook that names no brand of ours: that of the payment it is about.
    "billing.brand_of_payment",
    "platform.brand_by_id",
    "platform.find_brand",
    # An index of words may not be looked up under a policy that compares; it takes the brand from the transaction itself.
    "catalog.find_products",
    "orders.found",
    # For one key of one brand, before a transaction: the limiter asks.
    "platform.use_api_key",
    # What crosses brands by intent, for the one permission that may.
    "platform.all_brands",
    "platform.open_brand",
}

HERE, THERE = UUID(int=1), UUID(int=2)
# Each worker makes its own.
_NAME = f"bare_tables_{uuid4().hex}"
_OURS = "n.nspname !~ '^(pg_|information_schema$|public$)'"
_TABLES = f"""
    SELECT c.oid::regclass::text AS name, c.relrowsecurity AS enabled, c.relforcerowsecurity AS forced,
           a.attnotnull AS has_brand, pg_get_expr(d.adbin, d.adrelid) AS brand_default
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'brand_id' AND NOT a.attisdropped
      LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
     WHERE c.relkind IN ('r', 'p') AND {_OURS} ORDER BY 1
"""
_CONSTRAINTS = (
    "SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass AND contype IN ('p', 'u', 'c', 'f', 'x')"
)
_REQUIRED = """
    SELECT attname FROM pg_attribute
     WHERE attrelid = %s::regclass AND attnum > 0 AND attnotnull AND attidentity = '' AND attname <> 'brand_id'
"""


@dataclass(frozen=True, slots=True)
class Table:
    """What the catalogue says of one table."""

    name: str
    enabled: bool
    forced: bool
    has_brand: bool | None
    brand_default: str | None

    @property
    def of_a_brand(self) -> bool:
        return self.name not in SHARED_BY_ALL_BRANDS and self.name != BRANDS


@pytest.fixture(scope="module")
def catalogue(postgres: TestServer) -> Iterator[psycopg.Connection]:
    """The superuser's connection to a migrated database."""
    with psycopg.connect(postgres.admin_url, autocommit=True) as admin:
        create_database(admin, _NAME, template="comptoir")
        with psycopg.connect(_superuser(postgres), autocommit=True) as connection:
            yield connection
        admin.execute(f"DROP DATABASE {_NAME} WITH (FORCE)")


@pytest.fixture(scope="module")
def tables(catalogue: psycopg.Connection) -> list[Table]:
    """Every table that we made."""
    return [Table(*row) for row in catalogue.execute(_TABLES)]


@pytest.fixture(scope="module")
def rows_of_two_brands(
    catalogue: psycopg.Connection, tables: list[Table], postgres: TestServer
) -> DatabaseUrls:
    """Each table without its constraints, with one bare row of each of two brands; the roles' URLs."""
    for table in tables:
        # As a replica's session nothing fires: the tables are to be filled, not the rules to be met.
        catalogue.execute("SET session_replication_role = replica")
        for (constraint,) in catalogue.execute(_CONSTRAINTS, [table.name]).fetchall():
            catalogue.execute(f'ALTER TABLE {table.name} DROP CONSTRAINT IF EXISTS "{constraint}" CASCADE')
        for (column,) in catalogue.execute(_REQUIRED, [table.name]).fetchall():
            catalogue.execute(f'ALTER TABLE {table.name} ALTER COLUMN "{column}" DROP NOT NULL')
        catalogue.execute(f"ALTER TABLE {table.name} DISABLE TRIGGER USER")
        if table.of_a_brand:
            for brand in (HERE, THERE):
                catalogue.execute(f"INSERT INTO {table.name} (brand_id) VALUES (%s)", [brand])
    return urls_of(postgres.admin_url, postgres.passwords, _NAME)


def test_every_table_has_forced_row_level_security(tables: list[Table]) -> None:
    assert [table.name for table in tables if not (table.enabled and table.forced)] == []


def test_every_table_takes_its_brand_from_the_transaction(tables: list[Table]) -> None:
    assert {
        table.name
        for table in tables
        if not (table.has_brand and table.brand_default == "platform.current_brand()")
    } == {*SHARED_BY_ALL_BRANDS, BRANDS}


def test_no_row_can_point_at_another_brands_row(catalogue: psycopg.Connection) -> None:
    loose = catalogue.execute(
        f"""
        SELECT c.oid::regclass::text, k.conname FROM pg_constraint k
          JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE k.contype = 'f' AND {_OURS} AND NOT EXISTS (
               SELECT FROM pg_attribute a
                WHERE a.attrelid = c.oid AND a.attnum = ANY (k.conkey) AND a.attname = 'brand_id')
        """
    ).fetchall()
    assert loose == []


def test_the_roles_have_no_way_around_the_policies(
    catalogue: psycopg.Connection, tables: list[Table]
) -> None:
    powers = catalogue.execute(
        "SELECT rolname FROM pg_roles WHERE rolname LIKE 'comptoir%' AND (rolsuper OR rolbypassrls OR rolcreaterole)"
    ).fetchall()
    assert powers == []
    granted = [
        (table.name, role, power)
        for table in tables
        for role in (APP, JOBS)
        for power in ("TRUNCATE", "REFERENCES", "TRIGGER")
        if catalogue.execute("SELECT has_table_privilege(%s, %s, %s)", [role, table.name, power]).fetchone()
        == (True,)
    ]
    assert granted == []


def test_nothing_else_runs_with_the_owners_eyes(catalogue: psycopg.Connection) -> None:
    definers = catalogue.execute(
        f"SELECT n.nspname || '.' || p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace"
        f" WHERE p.prosecdef AND {_OURS}"
    ).fetchall()
    assert {name for (name,) in definers} == READ_AS_OWNER
    views = catalogue.execute(
        f"SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {_OURS}"
        " AND (c.relkind = 'm' OR c.relkind = 'v' AND NOT coalesce(c.reloptions, '{}') @> '{security_invoker=true}')"
    ).fetchall()
    assert views == []


def test_raw_sql_as_the_application_sees_and_writes_nothing_foreign(
    tables: list[Table], rows_of_two_brands: DatabaseUrls
) -> None:
    with psycopg.connect(rows_of_two_brands.app, autocommit=True) as app:
        for table in tables:
            if not table.of_a_brand:
                continue
            assert _brands_seen(app, table.name, HERE) == [HERE], table.name
            assert _brands_seen(app, table.name, None) == [], table.name
            assert _rows_touched(app, f"INSERT INTO {table.name} DEFAULT VALUES", HERE) == _may_insert(
                app, table
            )
            for statement in (
                f"INSERT INTO {table.name} (brand_id) VALUES ('{THERE}')",
                f"UPDATE {table.name} SET brand_id = '{THERE}'",
                f"UPDATE {table.name} SET brand_id = brand_id WHERE brand_id = '{THERE}'",
                f"DELETE FROM {table.name} WHERE brand_id = '{THERE}'",
            ):
                assert _rows_touched(app, statement, HERE) == 0, statement


def test_a_job_sweeps_across_brands_until_it_enters_one(
    tables: list[Table], rows_of_two_brands: DatabaseUrls
) -> None:
    with psycopg.connect(rows_of_two_brands.jobs, autocommit=True) as jobs:
        for table in tables:
            if table.of_a_brand:
                assert _brands_seen(jobs, table.name, HERE) == [HERE], table.name
                assert (
                    _rows_touched(jobs, f"INSERT INTO {table.name} (brand_id) VALUES ('{THERE}')", HERE) == 0
                )
                assert _brands_seen(jobs, table.name, None) in ([], [HERE, THERE]), table.name


def _superuser(postgres: TestServer) -> str:
    return url_as(postgres.admin_url, "postgres", postgres.passwords["postgres"], _NAME)


def _may_insert(connection: psycopg.Connection, table: Table) -> bool:
    return connection.execute("SELECT has_table_privilege(%s, 'INSERT')", [table.name]).fetchone() == (True,)


def _brands_seen(connection: psycopg.Connection, table: str, brand: UUID | None) -> list[UUID]:
    with connection.transaction():
        _enter(connection, brand)
        return [row[0] for row in connection.execute(f"SELECT brand_id FROM {table} ORDER BY brand_id")]


def _rows_touched(connection: psycopg.Connection, statement: str, brand: UUID) -> int:
    """How many rows it changed; none when it is refused. Nothing stays changed."""
    try:
        with connection.transaction(force_rollback=True):
            _enter(connection, brand)
            return connection.execute(statement).rowcount
    except psycopg.errors.InsufficientPrivilege:
        return 0


def _enter(connection: psycopg.Connection, brand: UUID | None) -> None:
    if brand is not None:
        connection.execute(sql.SQL("SET LOCAL app.brand = {}").format(str(brand)))
