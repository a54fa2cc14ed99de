"""What a migration would do to functions that still run and to tables that are in use: squawk's rules, and a few of ours."""

import importlib
import io
import json
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from alembic.migration import MigrationContext
from alembic.operations import Operations

from shared.migrations.upgrade import revisions

# No deployment is older: what came before ran on empty tables.
FIRST_DEPLOYED = "0028_catalogue_review"
_SQUAWK = Path(sys.executable).with_name("squawk")
_OLDEST_SERVER = "16"

# The functions of the release before still run while and after a migration does: for those that contract to take away.
_BREAKS = frozenset({
    "ban-drop-column", "ban-drop-database", "ban-drop-table", "ban-truncate-cascade", "changing-column-type",
    "renaming-column", "renaming-table",
})  # fmt: skip
# Would hold a lock for as long as a table is large, or fail halfway.
_LOCKS = frozenset({
    "adding-field-with-default", "adding-foreign-key-constraint", "adding-not-nullable-field", "adding-required-field",
    "adding-serial-primary-key-field", "ban-alter-domain-with-add-constraint",
    "ban-concurrent-index-creation-in-transaction", "constraint-missing-not-valid", "disallowed-unique-constraint",
    "require-concurrent-index-creation", "require-concurrent-index-deletion", "require-concurrent-partition-detach",
    "require-concurrent-reindex", "syntax-error",
    # Of what runs outside the transaction: it stays when the rest is rolled back, and must bear being run again.
    "prefer-robust-stmts",
})  # fmt: skip
# What squawk has no rule for: old functions would miss it.
_TAKEN_AWAY = re.compile(
    r"^\s*(DROP\s+(SCHEMA|FUNCTION|PROCEDURE|VIEW|MATERIALIZED\s+VIEW|TYPE|SEQUENCE|POLICY)|REVOKE"
    r"|ALTER\s+(TYPE|FUNCTION|SCHEMA|VIEW)\b[^;]*\bRENAME)\b",
    re.IGNORECASE | re.MULTILINE,
)
_TAKES_AWAY = "takes-away"
_ADDED = re.compile(r"^\s*CREATE\s+(?:TABLE|FUNCTION|SCHEMA)\s+([\w.]+)", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True)
class Finding:
    """A rule that a statement breaks; `breaks` says that it takes away what the release before uses."""

    rule: str
    line: int
    message: str

    @property
    def breaks(self) -> bool:
        """Whether a migration that contracts may do it."""
        return self.rule in _BREAKS or self.rule == _TAKES_AWAY


def deployed_later() -> list[ModuleType]:
    """The migrations that meet functions that run and tables that are filled."""
    known = revisions()
    later = known[known.index(FIRST_DEPLOYED) + 1 :]
    return [importlib.import_module(f"shared.migrations.versions.{name}") for name in later]


def sql_of(migration: ModuleType) -> str:
    """The statements of `migration`, as Alembic would send them in its transaction."""
    written = io.StringIO()
    context = MigrationContext.configure(
        dialect_name="postgresql", opts={"as_sql": True, "output_buffer": written, "literal_binds": True}
    )
    with Operations.context(context):
        migration.upgrade()
    return f"BEGIN;\n{written.getvalue()}COMMIT;\n"


def findings(sql: str) -> list[Finding]:
    """What `sql`, a migration's, should not do."""
    reported = subprocess.run(
        [str(_SQUAWK), "--pg-version", _OLDEST_SERVER, "--reporter", "json", "--stdin-filepath", "migration.sql"],
        input=sql,
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    found = [
        Finding(each["rule_name"], each["line"] + 1, each["message"])
        for each in json.loads(reported.stdout)
        if each["rule_name"] in _BREAKS | _LOCKS
    ]
    made = set(_ADDED.findall(sql))
    for match in _TAKEN_AWAY.finditer(sql):
        statement = sql[match.start() :].partition(";")[0]
        # Rights on what the same migration made are nobody's yet.
        if not any(name in statement for name in made):
            found.append(
                Finding(_TAKES_AWAY, sql.count("\n", 0, match.start()) + 1, " ".join(statement.split()))
            )
    return found
