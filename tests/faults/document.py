"""`python -m tests.faults.document REPORT…`: put the figures of these runs (`--report`) into docs/reliability.md."""

import json
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from local.files import CHECKOUT
from tests.faults.checks.happenings import ACTIONS

_DOCUMENT = CHECKOUT / "docs" / "reliability.md"
_BEGIN, _END = "<!-- figures: python -m tests.faults.document -->\n", "<!-- end of figures -->"

type Report = dict[str, Any]


def main() -> None:
    """Write them."""
    reports = [json.loads(Path(name).read_bytes()) for name in sys.argv[1:]]
    before, _, rest = _DOCUMENT.read_text().partition(_BEGIN)
    _, _, after = rest.partition(_END)
    _DOCUMENT.write_text(f"{before}{_BEGIN}\n{written(reports)}\n\n{_END}{after}")


def written(reports: list[Report]) -> str:
    """The figures as Markdown."""
    return "\n\n".join((_runs(reports), _troubles(reports), _steps(reports), _ends(reports)))


def _runs(reports: list[Report]) -> str:
    rows = [
        (
            str(one["seed"]),
            f"{one['events']:,}",
            f"{one['buyers']:,}",
            f"{one['requests']:,} ({one['requests_repeated']:,})",
            f"{one['traffic_seconds']} + {one['settling_seconds']} s",
            f"{one['machine']['load_before']:.1f} → {one['machine']['load_after']:.1f}",
            ", ".join(f"{name} ({len(wrong)})" for name, wrong in one["violations"].items()) or "none",
        )
        for one in reports
    ]
    heads = (
        "seed",
        "events",
        "buyers",
        "requests (repeats)",
        "traffic + settling",
        "load of the machine",
        "violated",
    )
    return _table(heads, rows)


def _troubles(reports: list[Report]) -> str:
    rows = [(kind, f"{times:,}") for kind, times in _summed(reports, "troubles")]
    failed = [(kind, f"{times:,}") for kind, times in _summed(reports, "calls_that_failed")]
    return (
        _table(("kind of trouble", "times"), rows)
        + "\n\n"
        + _table(("calls that were made to fail", "calls"), failed)
    )


def _steps(reports: list[Report]) -> str:
    by_step: dict[str, Counter[str]] = {}
    for one in reports:
        for step, actions in one["at_named_steps"].items():
            by_step.setdefault(step, Counter()).update(actions)
    rows = [
        (f"`{step}`", *(str(by_step[step][action]) for action in ACTIONS))
        for step in sorted(by_step, key=lambda step: -by_step[step].total())
    ]
    reached = [_reached(reports, action) for action in ACTIONS]
    return _table(("named step", *ACTIONS), [*rows, ("of all named steps of all functions", *reached)])


def _reached(reports: list[Report], action: str) -> str:
    """Of the runs that knew all steps: an earlier one says nothing of a function that came later."""
    steps = max(one["named_steps"] for one in reports)
    knowing = [one for one in reports if one["named_steps"] == steps]
    left = set.intersection(*(set(one["named_steps_not_met"][action]) for one in knowing))
    return f"{steps - len(left)} of {steps}"


def _ends(reports: list[Report]) -> str:
    rows = []
    for name in ("orders", "reviews", "payments", "refunds", "mails"):
        if any(one.get(name) for one in reports):
            rows.append((name, ", ".join(f"{kind.strip(': ')} {n:,}" for kind, n in _summed(reports, name))))
    dead: Counter[str] = Counter()
    for one in reports:
        for reason, times in one["dead_letters"].items():
            dead[reason.partition(": ")[2]] += times
    rows.append(
        ("dead letters, by their reason", ", ".join(f"{n} {why}" for why, n in dead.most_common()) or "none")
    )
    gave_up = sum(len(one["buyers_who_gave_up"]) for one in reports)
    rows.append(("buyers who gave up", f"{gave_up:,} of {sum(one['buyers'] for one in reports):,}"))
    return _table(("what it came to", ""), rows)


def _summed(reports: Iterable[Report], name: str) -> list[tuple[str, int]]:
    total: Counter[str] = Counter()
    for one in reports:
        total.update(one.get(name, {}))
    return sorted(total.items())


def _table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [heads, tuple("---" for _ in heads), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


if __name__ == "__main__":
    main()
