"""What lists of orders and jobs cost while tables grow, as tables: `make bench ARGS="--only orders,due"`."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from tests.bench.report import DOCUMENT, table

_BEGIN, _END = '<!-- scale: make bench ARGS="--only orders,due --write" -->', "<!-- end of scale -->"

type Found = Sequence[dict[str, Any]]


def of_orders(found: Found) -> str:
    """Each kind of list, by the number of orders that its brand has."""
    lines = [line for line in found if line["what"] != "filled"]
    sizes = sorted({line["orders"] for line in lines})
    rows = []
    for what in dict.fromkeys(line["what"] for line in lines):
        at = {line["orders"]: line for line in lines if line["what"] == what}
        rows.append((what, *(_cell(at[size]) if size in at else "" for size in sizes)))
    heads = ("milliseconds (p50 / p95) · rows · pages", *(f"{size:,}" for size in sizes))
    return f"{table(heads, rows)}\n\n{_scanned(lines)}"


def _cell(line: dict[str, Any]) -> str:
    return f"{line['p50']:.1f} / {line['p95']:.1f} · {line['rows']:,} · {line['pages']:,}"


def of_due(found: Found) -> str:
    """Each job, by the number of others in its table; then the plan by which it found what is due among the most."""
    heads = ("job", "others", "due", "to find a batch: rows", "pages", "a due row: pages", "ms")
    rows, others = [], 0
    for number, line in enumerate(found):
        # Each run adds to what the ones before have left.
        others = line["others"] + (others if number and found[number - 1]["what"] == line["what"] else 0)
        cost = (line["found_rows"], line["found_pages"], line["pages_each"], line["ms_each"])
        rows.append((line["what"], f"{others:,}", f"{line['due']:,}", *cost))
    plans = {line["what"]: line["plan"] for line in found}
    shown = "\n\n".join(f"`{what}` finds what is due:\n\n```\n{plan}\n```" for what, plan in plans.items())
    return f"{table(heads, rows)}\n\n{_scanned(found)}\n\n{shown}"


def _scanned(lines: Iterable[dict[str, Any]]) -> str:
    found = {f"{line['what']} ({name})" for line in lines for name in line["scanned"]}
    return f"Read from the beginning to the end: {', '.join(sorted(found)) or 'no table'}."


def write(figures: str) -> None:
    """Put the figures into the document, in the place of the last ones."""
    text = DOCUMENT.read_text()
    before, _, rest = text.partition(_BEGIN)
    _, _, after = rest.partition(_END)
    DOCUMENT.write_text(f"{before}{_BEGIN}\n\n{figures}\n\n{_END}{after}")


# Parts that take minutes each and are asked for by name: what they are called, and what tells their figures.
PARTS: dict[str, tuple[str, Callable[[Found], str]]] = {
    "orders": ("Lists of orders", of_orders),
    "due": ("What is due", of_due),
}
