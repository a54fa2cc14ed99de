"""`python -m tests.faults [--seed N] [--events N]` (what `make faults` does); the exit status is 1 when an invariant is violated."""

import argparse
import asyncio
import json
import os
import random
import signal
import sys
from pathlib import Path

from tests.faults.conducting import check, conduct
from tests.faults.plan import Plan
from tests.faults.report import figures, told
from tests.faults.world import World


def main() -> int:
    """One run."""
    # Ended from outside it must still end the system that it started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    asked = _arguments()
    plan = Plan(asked.seed, asked.spacing, asked.longest)
    again = f"--seed {plan.seed} --events {asked.events} --spacing {plan.spacing} --longest {plan.longest:g}"
    say(f'seed {plan.seed}, plan {plan.fingerprint()}: make faults ARGS="{again}"')
    world = World(asked.port, asked.patience)
    good, load = False, os.getloadavg()[0]
    try:
        with world.running():
            say(f"serving on {world.run.url}, data in {world.home}")
            outcome, doing = asyncio.run(conduct(world, plan, asked.events, at_most=asked.at_most, say=say))
            counted = figures(outcome, doing, check(world, outcome, doing))
        counted["machine"] = {
            "cpus": os.cpu_count(),
            "load_before": load,
            "load_after": os.getloadavg()[0],
        }
        good = not outcome.violations
        if asked.report:
            asked.report.write_text(json.dumps(counted, indent=1, default=str))
        say(told(counted))
    finally:
        if asked.keep:
            say(f"the data stays in {world.home}")
        else:
            world.forget()
    return 0 if good else 1


def say(line: str) -> None:
    """Print at once."""
    print(line, flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make faults", description=__doc__)
    parser.add_argument("--seed", type=int, default=random.randrange(1_000_000))
    parser.add_argument("--events", type=int, default=10_000, help="stop when so many were told")
    parser.add_argument(
        "--spacing", type=int, default=4, help="buyers from one trouble to the next, on average"
    )
    parser.add_argument("--longest", type=float, default=60.0, help="seconds that anything is away")
    parser.add_argument("--at-most", type=float, default=760.0, help="seconds of traffic")
    parser.add_argument(
        "--patience", type=float, default=40.0, help="seconds that a buyer waits for an answer"
    )
    parser.add_argument("--port", type=int, default=0, help="five ports from here on; 0: any free ones")
    parser.add_argument("--report", type=Path, help="write the figures there, as JSON")
    parser.add_argument("--keep", action="store_true", help="keep the data and the logs")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
