"""What SQL and Python may not say, because it breaks behind a pooler, escapes the one clock, or hides from the policies."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PLATFORM = ROOT / "shared" / "platform"

# A session's state stays on the server's connection, which a transaction pooler gives to the next client.
SESSION_STATE = re.compile(
    r"\bSET\s+(?!LOCAL\b)(SESSION|ROLE|TIME\s+ZONE|search_path|app\.|\w+_timeout)"
    r"|\bset_config\([^)]*,\s*false\s*\)|\bpg_(try_)?advisory_lock\(|\bLISTEN\s+\w|\bPREPARE\s+\w"
    r"|\bCREATE\s+TEMP|\bWITH\s+HOLD\b|\bDISCARD\b",
    re.IGNORECASE,
)
# The one clock is given as a parameter: a moved clock must move the database's decisions too.
DATABASE_CLOCK = re.compile(
    r"\b(now\(\)|current_(timestamp|date|time)\b|clock_timestamp\(|statement_timestamp\()", re.IGNORECASE
)
PYTHON_CLOCKS = {
    ("datetime", "now"),
    ("datetime", "utcnow"),
    ("datetime", "today"),
    ("date", "today"),
    ("time", "time"),
}


def sources() -> list[Path]:
    """What runs in the cloud, but for the migrations, which run on a direct connection of the owner."""
    found = [path for folder in ("shared", "functions") for path in (ROOT / folder).rglob("*.py")]
    return sorted(path for path in found if "migrations" not in path.parts and "_generate" not in path.parts)


def texts(path: Path) -> Iterator[tuple[int, str]]:
    """Every string of the file that is not a docstring."""
    tree = ast.parse(path.read_text())
    docstrings = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and id(node) not in docstrings:
            value = node.value.decode(errors="replace") if isinstance(node.value, bytes) else node.value
            if isinstance(value, str):
                yield node.lineno, value


def said(pattern: re.Pattern[str]) -> list[str]:
    """Where the code says it."""
    return [
        f"{path.relative_to(ROOT)}:{line}: {match.group()}"
        for path in sources()
        for line, text in texts(path)
        if (match := pattern.search(text))
    ]


def test_no_statement_leaves_anything_in_the_session() -> None:
    assert said(SESSION_STATE) == []


def test_no_statement_asks_the_databases_clock() -> None:
    assert said(DATABASE_CLOCK) == []


def test_only_the_platform_asks_the_machines_clock() -> None:
    asked = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in sources()
        if not path.is_relative_to(PLATFORM)
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and (node.func.value.id, node.func.attr) in PYTHON_CLOCKS
    ]
    assert asked == []


@pytest.mark.parametrize(
    "statement",
    [
        "SET app.brand = 'x'",
        "set session characteristics",
        "SELECT set_config('app.brand', 'x', false)",
        "SELECT pg_advisory_lock(1)",
        "SET statement_timeout = 0",
    ],
)
def test_the_ban_on_session_state_knows_it(statement: str) -> None:
    assert SESSION_STATE.search(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "SET LOCAL app.brand = 'x'",
        "UPDATE orders SET state = 'paid'",
        "SELECT pg_advisory_xact_lock(1)",
        "SELECT set_config('app.brand', 'x', true)",
    ],
)
def test_the_ban_on_session_state_spares_what_ends_with_the_transaction(statement: str) -> None:
    assert not SESSION_STATE.search(statement)
