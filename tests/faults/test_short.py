"""A short fault run of a fixed plan: what `make faults` does for a quarter of an hour, for half a minute."""

import subprocess
import sys

import pytest

from local.files import CHECKOUT


@pytest.mark.xdist_group("journeys")
def test_all_invariants_hold_after_a_short_run_through_troubles_of_many_kinds() -> None:
    plan = ["--seed", "20261128", "--spacing", "2", "--longest", "3"]
    run = subprocess.run(
        [sys.executable, "-m", "tests.faults", *plan, "--events", "120", "--at-most", "30"],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert "invariants hold" in run.stdout
