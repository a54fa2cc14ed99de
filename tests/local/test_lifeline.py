"""Whoever is killed, what it started does not stay behind."""

import signal
import subprocess
import sys
import time

from local.lifeline import die_with_parent
from local.postgres.ownership import alive
from local.postgres.places import CHECKOUT

_PATIENCE = 20.0
# A parent that starts a child through the lifeline, tells its number, and waits.
_PARENT = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-m", "local.lifeline", "sleep", "600"])
print(child.pid, flush=True)
time.sleep(600)
"""


def test_what_the_lifeline_became_ends_when_its_parent_is_killed() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", _PARENT], cwd=CHECKOUT, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout
        child = int(parent.stdout.readline())
        until = time.monotonic() + _PATIENCE
        while "sleep" not in _name(child) and time.monotonic() < until:
            time.sleep(0.02)
        assert alive(child)
        parent.kill()
    while alive(child) and time.monotonic() < until:
        time.sleep(0.02)
    assert not alive(child)


def test_a_tied_child_lives_as_long_as_its_parent() -> None:
    with subprocess.Popen(["sleep", "600"], preexec_fn=die_with_parent(signal.SIGKILL)) as child:  # noqa: PLW1509 - what is tested
        assert alive(child.pid)
        child.terminate()
        assert child.wait() == -signal.SIGTERM


def _name(pid: int) -> str:
    try:
        with open(f"/proc/{pid}/comm") as file:
            return file.read()
    except FileNotFoundError:
        return ""
