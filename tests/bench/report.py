"""The figures as Markdown tables, and their place in docs/performance.md."""

import os
import platform
import time
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import quantiles
from typing import Any

from local.files import CHECKOUT
from tests.bench.generator import Load

DOCUMENT = CHECKOUT / "docs" / "performance.md"
_BEGIN, _END = "<!-- figures: make bench ARGS=--write -->", "<!-- end of figures -->"

# Requests or whole flows a second at 8 clients, the best of Medusa 2.21.2, Vendure 3.7.3 and django-oscar 4.2.1, and how many
# times as many we want. Measured on 2026-11-20 on the machine that the document names; ratios hold for one machine only.
PEERS: dict[str, tuple[float, float]] = {
    "list": (304, 5),
    "list, nothing kept": (304, 3),
    "detail": (168, 10),
    "detail, nothing kept": (168, 6),
    "search": (38, 20),
    "create cart": (271, 3),
    "add item": (106, 5),
    "checkout": (31, 4),
}
_SHOWN = 25
_FUNCTIONS = ("functions", "background", "postgres")

type Row = Sequence[object]


def table(head: Row, rows: Iterable[Row]) -> str:
    """A Markdown table; what is not the first column stands to the right."""
    lines = ["| " + " | ".join(map(str, head)) + " |", "|---|" + "--:|" * (len(head) - 1)]
    return "\n".join([*lines, *("| " + " | ".join(map(str, row)) + " |" for row in rows)])


def calibration() -> float:
    """Seconds that a fixed loop of Python takes: how fast this machine is just now."""
    began, total = time.perf_counter(), 0
    for number in range(5_000_000):
        total += number * number % 7
    return time.perf_counter() - began


def conditions(loops: Sequence[float]) -> str:
    """The machine and the moment."""
    model = next(
        (line.partition(":")[2].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")),
        platform.processor(),
    )
    loop = " to ".join(f"{seconds:.2f}" for seconds in sorted({round(min(loops), 2), round(max(loops), 2)}))
    return (
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {os.cpu_count()} cores ({model}), Linux {platform.release()},"
        f" Python {platform.python_version()}, load average {os.getloadavg()[0]:.1f}. A fixed loop of Python took {loop} s between"
        " the parts (0.37 when nothing else runs here): compare figures only where it is the same."
    )


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text().splitlines()
    except OSError:
        return []


def of_cold(found: Sequence[dict[str, Any]]) -> str:
    """Cold starts: the percentiles first, then the floor and the slowest functions."""
    endpoints = [each["answer_ms"] for each in found if each["kind"] == "endpoint"]
    hot = [
        each["answer_ms"]
        for each in found
        if each["kind"] == "endpoint" and each["function"].split("/")[0] in ("catalog", "cart")
    ]
    heads = ("CPU ms", "p50", "p95", "most", "budget, p95")
    rows = [
        ("all endpoints", *_spread(endpoints), 350),
        ("catalogue and cart", *_spread(hot), 300),
    ]
    each = table(
        ("function", "answers", "imported, CPU ms", "answered, CPU ms", "memory MB"),
        [
            (one["function"], one["status"], one["import_ms"], one["answer_ms"], one["memory_mb"])
            for one in _slowest(found)
        ],
    )
    return f"{table(heads, rows)}\n\nOf {sum(one['kind'] != 'floor' for one in found)} functions the {_SHOWN} slowest:\n\n{each}"


def _slowest(found: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    floor = [one for one in found if one["kind"] == "floor"]
    others = [one for one in found if one["kind"] != "floor"]
    return floor + sorted(others, key=lambda one: -float(one["answer_ms"]))[:_SHOWN]


def _spread(values: Sequence[float]) -> Row:
    if len(values) < 2:
        return (*(f"{value:.0f}" for value in values or [0.0]), "-", "-")
    cuts = quantiles(values, n=20, method="inclusive")
    return tuple(f"{value:.0f}" for value in (cuts[9], cuts[18], max(values)))


def of_warm(found: Sequence[dict[str, Any]]) -> str:
    """The door, and the hot stories beside their own statements."""
    door, token, *stories = found
    own = door["wall"] - door["floor_wall"]
    first = table(
        ("one query in its transaction", "ms", "CPU ms"),
        [
            ("bare psycopg (the floor)", f"{door['floor_wall']:.3f}", f"{door['floor_cpu']:.3f}"),
            ("an endpoint's whole door", f"{door['wall']:.3f}", f"{door['cpu']:.3f}"),
            ("the door's own work (budget 1 ms)", f"{own:.3f}", f"{door['cpu'] - door['floor_cpu']:.3f}"),
        ],
    )
    own_check = [first - again for first, again in zip(token["first"], token["again"], strict=True)]
    tokens = table(
        ("recognising who is signed in (the token's own check: budget 0.3 ms)", "ms", "CPU ms"),
        [
            ("a token seen for the first time: signature, and its session", *_thousandths(token["first"])),
            ("seen before: its session", *_thousandths(token["again"])),
            ("the difference: the token's own check", *_thousandths(own_check)),
        ],
    )
    second = table(
        (
            "function",
            "round trips",
            "AWS calls",
            "ms",
            "of which statements (the floor)",
            "times the floor",
            "CPU ms",
        ),
        [
            (
                one["what"],
                f"{one['trips']:.1f}",
                f"{one['aws_calls']:.2f}",
                f"{one['wall']:.2f}",
                f"{one['driver']:.2f}",
                f"{one['wall'] / one['driver']:.1f}",
                f"{one['cpu']:.2f}",
            )
            for one in stories
        ],
    )
    return f"{first}\n\n{tokens}\n\n{second}"


def _thousandths(values: Sequence[float]) -> Row:
    return tuple(f"{value:.3f}" for value in values)


def of_load(found: Sequence[tuple[str, Load]]) -> str:
    """Rates and latencies, and who spent the CPU of one flow."""
    rows = []
    for name, load in found:
        share = 100 * load.generator_cpu / load.seconds if load.seconds else 0.0
        spent = [f"{load.cpu_per_flow(who):.2f}" for who in ("functions", "background", "postgres", "front")]
        others = load.cpu_per_flow("aws") + load.cpu_per_flow("stripe")
        errors = sum(load.errors.values())
        rows.append(
            (
                name,
                load.clients,
                f"{load.rate:.0f}",
                *(f"{load.percentile(part):.1f}" for part in (0.5, 0.95, 0.99)),
                errors,
                *spent,
                f"{others:.2f}",
                f"{share:.0f}",
            )
        )
    heads = ("flow", "clients", "per second", "p50 ms", "p95", "p99", "errors")
    cpu = (
        "functions, CPU ms",
        "background",
        "PostgreSQL",
        "gateway",
        "AWS and Stripe",
        "generator, % of a core",
    )
    return table((*heads, *cpu), rows)


def of_steps(name: str, load: Load) -> str:
    """The steps of a flow."""
    rows = [
        (step, len(took), f"{sorted(took)[len(took) // 2]:.1f}", f"{sorted(took)[int(len(took) * 0.95)]:.1f}")
        for step, took in load.steps.items()
    ]
    return table((f"step of {name}, {load.clients} clients", "requests", "p50 ms", "p95"), rows)


def of_relay(found: Sequence[dict[str, Any]]) -> str:
    """The way of events."""
    budgets = {"relay to a null bus": "2,000/s", "told to consumed, a burst": "300/s"}
    rows = [
        (
            one["what"],
            one["events"],
            f"{one['rate']:.0f}",
            f"{one['p50']:.2f}" if "p50" in one else "-",
            f"{one['p95']:.2f}" if "p95" in one else "-",
            budgets.get(one["what"], "p95 ≤ 2 s"),
        )
        for one in found
    ]
    return table(("events", "number", "per second", "p50 s", "p95 s", "budget"), rows)


def of_budgets(loads: Sequence[tuple[str, Load]]) -> str:
    """What was wanted of 8 clients, and what came of it."""
    rows: list[Row] = []
    for name, load in loads:
        if load.clients != 8:
            continue
        if name in PEERS:
            best, times = PEERS[name]
            met = "yes" if load.rate >= best * times else "no"
            rows.append(
                (name, f"{load.rate:.0f}/s", f"{load.rate / best:.1f} ×", f"{times:g} × {best:g}", met)
            )
        if name.startswith("checkout"):
            cpu = sum(load.cpu_per_flow(who) for who in _FUNCTIONS)
            rows.append((f"CPU of a {name}", f"{cpu:.1f} ms", "", "≤ 15 ms", "yes" if cpu <= 15 else "no"))
    return table(("at 8 clients", "measured", "the peers' best", "budget", "met"), rows)


def write(figures: str) -> None:
    """Put the figures into the document, in the place of the last ones."""
    text = DOCUMENT.read_text()
    before, _, rest = text.partition(_BEGIN)
    _, _, after = rest.partition(_END)
    DOCUMENT.write_text(f"{before}{_BEGIN}\n\n{figures}\n\n{_END}{after}")
