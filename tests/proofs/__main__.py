"""`python -m tests.proofs [--runs N] [--seed N] [--only sale|release]` (what `make proofs` does); the exit status is 1 when one fails."""

import argparse
import random
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from shared.platform.brands import Brand
from tests.proofs import overselling, releasing
from tests.proofs.ground import ground

_TELL_EVERY = 25
_SUMMED = ("steps", "deaths", "wandered", "late", "reviewed", "rounds")


def main() -> int:
    """All proofs, or the one that is asked for."""
    asked = _arguments()
    good = True
    with ground() as (brand, superuser):
        if asked.only in (None, "sale"):
            good &= _sale(brand, asked)
        if asked.only in (None, "release"):
            good &= _release(brand, superuser)
    return 0 if good else 1


def _sale(brand: Brand, asked: argparse.Namespace) -> bool:
    say(
        f"{asked.runs} runs of {asked.buyers} buyers on {asked.units} units, seed {asked.seed}:"
        f' make proofs ARGS="--only sale --seed {asked.seed} --runs {asked.runs}"'
    )
    began, summed, bad = time.monotonic(), Counter[str](), []
    oversold = unsold = 0
    with ThreadPoolExecutor(overselling.WORKERS) as pool:
        for number in range(asked.runs):
            outcome = overselling.run(
                brand, f"{asked.seed}/{number}", pool, buyers=asked.buyers, units=asked.units
            )
            summed.update({name: getattr(outcome, name) for name in _SUMMED})
            oversold, unsold = oversold + outcome.oversold, unsold + outcome.unsold
            if not outcome.good:
                bad.append(number)
                say(f"run {number}: {outcome}")
            if (number + 1) % _TELL_EVERY == 0:
                say(
                    f"{number + 1} runs in {time.monotonic() - began:.0f} s: {oversold} oversold, {unsold} unsold"
                )
    told = ", ".join(f"{summed[name]} {name}" for name in _SUMMED)
    say(f"{asked.runs} runs: {oversold} oversold, {unsold} unsold, {len(bad)} whose books disagree ({told})")
    return not bad


def _release(brand: Brand, superuser: str) -> bool:
    good = True
    for settled, timely in ((0, 0), (1_000_000, 100_000)):
        found = releasing.run(brand, superuser, settled=settled, timely=timely, due=100_000)
        say(
            f"{found.released} due of {settled + timely + found.due} further reservations released in {found.seconds:.1f} s;"
            f" found by\n{found.plan}"
        )
        good &= found.sums_hold and found.released == found.due
    return good


def say(line: str) -> None:
    """Print at once."""
    print(line, flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make proofs", description=__doc__)
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=random.randrange(1_000_000))
    parser.add_argument("--buyers", type=int, default=200)
    parser.add_argument("--units", type=int, default=10)
    parser.add_argument("--only", choices=("sale", "release"))
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
