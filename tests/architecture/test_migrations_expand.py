"""Migrations expand first and contract a release later: the functions of the release before run while one is applied, and after
it when the deployment is rolled back."""

import tomllib
from types import ModuleType

import pytest

from shared.migrations import online
from tests.architecture.migration_lint import deployed_later, findings, sql_of
from tests.architecture.packages import ROOT


@pytest.mark.parametrize("migration", deployed_later(), ids=lambda each: each.__name__.rpartition(".")[2])
def test_a_migration_is_safe_beside_the_functions_of_the_release_before(migration: ModuleType) -> None:
    found = findings(sql_of(migration))
    excused = [each for each in found if each.breaks and hasattr(migration, "contracts")]
    assert [each for each in found if each not in excused] == [], "docs/decisions/expand-then-contract.md"


@pytest.mark.parametrize("migration", deployed_later(), ids=lambda each: each.__name__.rpartition(".")[2])
def test_a_migration_that_contracts_names_an_earlier_release(migration: ModuleType) -> None:
    expanded = getattr(migration, "contracts", None)
    if expanded is not None:
        assert _version(expanded) < _version(_project_version())


@pytest.mark.parametrize(
    ("rule", "statement"),
    [
        ("ban-drop-column", "ALTER TABLE orders.orders DROP COLUMN note"),
        ("ban-drop-table", "DROP TABLE orders.orders"),
        ("renaming-column", "ALTER TABLE orders.orders RENAME COLUMN note TO remark"),
        ("renaming-table", "ALTER TABLE orders.orders RENAME TO purchases"),
        ("changing-column-type", "ALTER TABLE orders.orders ALTER COLUMN note TYPE varchar(10)"),
        ("adding-required-field", "ALTER TABLE orders.orders ADD COLUMN note text NOT NULL"),
        ("adding-not-nullable-field", "ALTER TABLE orders.orders ALTER COLUMN note SET NOT NULL"),
        ("adding-field-with-default", "ALTER TABLE orders.orders ADD COLUMN id2 uuid DEFAULT gen_random_uuid()"),
        ("constraint-missing-not-valid", "ALTER TABLE orders.orders ADD CONSTRAINT c CHECK (note <> '')"),
        ("adding-foreign-key-constraint", "ALTER TABLE a.b ADD CONSTRAINT c FOREIGN KEY (d) REFERENCES e.f (g)"),
        ("disallowed-unique-constraint", "ALTER TABLE orders.orders ADD CONSTRAINT u UNIQUE (note)"),
        ("require-concurrent-index-creation", "CREATE INDEX i ON orders.orders (note)"),
        ("require-concurrent-index-deletion", "DROP INDEX orders.i"),
        ("ban-concurrent-index-creation-in-transaction", "CREATE INDEX CONCURRENTLY i ON orders.orders (note)"),
        ("takes-away", "DROP FUNCTION platform.find_brand(text, text)"),
        ("takes-away", "DROP SCHEMA orders CASCADE"),
        ("takes-away", "REVOKE SELECT ON orders.orders FROM comptoir_app"),
        ("takes-away", "ALTER FUNCTION platform.find_brand(text, text) RENAME TO look_up_brand"),
    ],
)  # fmt: skip
def test_the_lint_knows(rule: str, statement: str) -> None:
    assert rule in {each.rule for each in findings(f"BEGIN;\n{statement};\nCOMMIT;\n")}


@pytest.mark.parametrize(
    "statements",
    [
        "CREATE TABLE a.b (c text NOT NULL); CREATE INDEX i ON a.b (c); ALTER TABLE a.b ADD CHECK (c <> '')",
        "ALTER TABLE orders.orders ADD COLUMN note text",
        "ALTER TABLE orders.orders ADD COLUMN note text NOT NULL DEFAULT ''",
        "ALTER TABLE orders.orders ADD CONSTRAINT c CHECK (note <> '') NOT VALID",
        "ALTER TABLE orders.orders VALIDATE CONSTRAINT c",
        "CREATE FUNCTION a.f() RETURNS int LANGUAGE sql RETURN 1; REVOKE ALL ON FUNCTION a.f() FROM PUBLIC",
        "CREATE OR REPLACE FUNCTION a.f() RETURNS int LANGUAGE sql RETURN 1",
        "UPDATE orders.orders SET note = ''",
    ],
)
def test_the_lint_spares(statements: str) -> None:
    assert findings(f"BEGIN;\n{statements};\nCOMMIT;\n") == []


def test_what_helps_with_tables_in_use_is_spared_too() -> None:
    migration = ModuleType("migration")

    def upgrade() -> None:
        online.add_index("orders_note", "orders.orders", "(brand_id, note)")
        online.drop_index("orders.orders_old")

    migration.upgrade = upgrade  # type: ignore[attr-defined]
    assert findings(sql_of(migration)) == []


def _project_version() -> str:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return str(project["version"])


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split("."))
