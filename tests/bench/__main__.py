"""`make bench`: measure, print the tables, change nothing (ARGS="--write" puts them into docs/performance.md).

ARGS="--only load,warm --seconds 2 --clients 8" for some of it, and faster; "--only orders,due" for tables of millions of rows.
"""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

from local.files import CHECKOUT
from tests.bench import report, scale
from tests.bench.flows import Clients
from tests.bench.generator import Flow, Load, drive
from tests.bench.place import WORKERS, Ground, Run, ground

_PARTS = ("cold", "warm", "load", "relay")
_CHECKOUTS = {1: 100, 8: 400, 32: 600}
_MOST_ADDS = 4000
_WARM_UP_SECONDS = 2.0
# Each worker's session has planned a statement for good once it was sent eight times.
_WARM_UP_FLOWS = 60


class Bench:
    """One run of the parts asked for; `told` is what will be written."""

    def __init__(self, asked: argparse.Namespace) -> None:
        self._asked = asked
        self._loops: list[float] = []
        self._tidy: Callable[[], None] = lambda: None
        self.told: list[str] = []

    def run(self) -> str:
        """Everything; answers the figures as Markdown."""
        only: list[str] = self._asked.only
        loads: list[tuple[str, Load]] = []
        if {"warm", "load", "relay"} & set(only):
            with ground() as made:
                self._tidy = made.vacuum
                if {"warm", "load"} & set(only):
                    loads = self._local_run(made, only)
                if "relay" in only:
                    admin = made.server.url_as("postgres", "comptoir")
                    found = self._part("relay", os.environ | {"ADMIN_DATABASE": admin})
                    self._tell("Events", report.of_relay(found))
                self._tidy = lambda: None
        if "cold" in only:
            found = self._part("cold", dict(os.environ), str(self._asked.runs))
            self._tell("Cold starts", report.of_cold(found))
        for name, (title, told) in scale.PARTS.items():
            if name in only:
                self._tell(title, told(self._part(name, dict(os.environ))))
        self._calibrate()
        head = [report.conditions(self._loops)]
        if loads:
            head.append("### Budgets\n\n" + report.of_budgets(loads))
        return "\n\n".join(head + self.told)

    def _local_run(self, made: Ground, only: list[str]) -> list[tuple[str, Load]]:
        loads: list[tuple[str, Load]] = []
        with made.run() as run:
            if "load" in only:
                loads = self._loads(made, run)
                memory = ", ".join(f"{size:.0f} MB" for size in run.processes.memory("functions"))
                self._tell(
                    "Load",
                    f"{WORKERS} workers for requests, 2 for queues.\n\n{report.of_load(loads)}\n\n"
                    + "\n\n".join(
                        report.of_steps(*each)
                        for each in loads
                        if each[1].clients == 8 and len(each[1].steps) > 1
                    )
                    + f"\n\nMemory of each worker that had every endpoint in it (PSS): {memory}.",
                )
            if "warm" in only:
                found = self._part("warm", run.processes.environment("functions"))
                self._tell("Inside a warm function", report.of_warm(found))
        if "load" in only:
            with made.run(keeps_answers=False) as run:
                flows = Clients(made.shop).all
                uncached = [
                    (f"{name}, nothing kept", load)
                    for name in ("list", "detail", "search")
                    for load in self._timed(run, name, flows[name])
                ]
            self._tell("Load, without answers kept by the functions", report.of_load(uncached))
            loads += uncached
        return loads

    def _loads(self, made: Ground, run: Run) -> list[tuple[str, Load]]:
        clients = Clients(made.shop)
        found: list[tuple[str, Load]] = []
        for name in ("list", "detail", "search", "create cart", "sign in"):
            found += [(name, load) for load in self._timed(run, name, clients.all[name])]
        carts = min(_MOST_ADDS, clients.carts_left() // len(self._asked.clients))
        for number in self._asked.clients:
            self._say(f"add item, {number} clients")
            load = drive(run.port, clients.add_item, number, flows=carts, probe=run.processes.cpu)
            found.append(("add item", load))
        for name in ("checkout", "checkout, paid"):
            for number in self._asked.clients:
                self._say(f"{name}, {number} clients")
                found.append((name, self._whole(run, number, clients.all[name])))
        return found

    def _whole(self, run: Run, number: int, flow: Callable[[], Flow]) -> Load:
        """A fixed number of flows; their CPU is counted until the last event of theirs has been consumed."""
        drive(run.port, flow, number, flows=_WARM_UP_FLOWS)
        run.settle()
        before = run.processes.cpu()
        load = drive(run.port, flow, number, flows=_CHECKOUTS.get(number, 400))
        run.settle()
        load.cpu = {who: spent - before.get(who, 0.0) for who, spent in run.processes.cpu().items()}
        return load

    def _timed(self, run: Run, name: str, flow: Callable[[], Flow]) -> list[Load]:
        found = []
        for number in self._asked.clients:
            self._say(f"{name}, {number} clients")
            found.append(
                drive(
                    run.port,
                    flow,
                    number,
                    seconds=self._asked.seconds,
                    warm_up=_WARM_UP_SECONDS,
                    probe=run.processes.cpu,
                )
            )
        return found

    def _part(self, name: str, environment: dict[str, str], *arguments: str) -> list[dict[str, Any]]:
        """What a part that runs in a process of its own has printed."""
        self._say(name)
        done = subprocess.run(
            [sys.executable, "-m", f"tests.bench.{name}", *arguments],
            env=environment,
            cwd=CHECKOUT,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        return [json.loads(line) for line in done.stdout.splitlines()]

    def _tell(self, title: str, text: str) -> None:
        self.told.append(f"### {title}\n\n{text}")

    def _say(self, what: str) -> None:
        self._tidy()
        self._calibrate()
        print(f"… {what} (a fixed loop took {self._loops[-1]:.2f} s)", file=sys.stderr, flush=True)

    def _calibrate(self) -> None:
        self._loops.append(report.calibration())


def main() -> int:
    """The exit status."""
    asked = argparse.ArgumentParser(prog="make bench", description=__doc__)
    asked.add_argument(
        "--only",
        type=lambda text: text.split(","),
        default=list(_PARTS),
        help=",".join((*_PARTS, *scale.PARTS)),
    )
    asked.add_argument(
        "--clients", type=lambda text: [int(part) for part in text.split(",")], default=[1, 8, 32]
    )
    asked.add_argument("--seconds", type=float, default=8.0, help="of each read and each cart flow")
    asked.add_argument("--runs", type=int, default=5, help="cold starts of each function")
    asked.add_argument("--write", action="store_true", help="put the figures into docs/performance.md")
    given = asked.parse_args()
    figures = Bench(given).run()
    print(figures)
    if given.write:
        (scale if set(given.only) <= scale.PARTS.keys() else report).write(figures)
    return 0


if __name__ == "__main__":
    sys.exit(main())
