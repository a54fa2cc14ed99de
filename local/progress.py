"""Tells what is being done, once it takes more than two seconds."""

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

_PATIENCE_SECONDS = 2.0


def say(line: str) -> None:
    """One line for whoever started the run."""
    print(line, flush=True)


def complain(line: str) -> None:
    """One line about something that went wrong."""
    print(line, file=sys.stderr, flush=True)


@contextmanager
def doing(what: str) -> Iterator[None]:
    """Says `what` when it takes long, and how long it took in the end."""
    began = time.monotonic()
    timer = threading.Timer(_PATIENCE_SECONDS, say, [f"… {what}"])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
    took = time.monotonic() - began
    if took > _PATIENCE_SECONDS:
        say(f"  {what}: done in {took:.1f} s")
