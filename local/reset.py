"""`make reset`: stop what runs on this checkout, and forget all its local data."""

import os
import shutil
import signal
import sys
import time
from collections.abc import Iterator

from local.postgres import places
from local.postgres.ownership import alive, holder, stop_orphan

_WAYS_TO_END = ((signal.SIGINT, 30.0), (signal.SIGTERM, 5.0), (signal.SIGKILL, 5.0))
_POLL_SECONDS = 0.05


def main() -> None:
    """Stop, then delete `.local`, and the data outside where there is some."""
    local = places.CHECKOUT / ".local"
    if not local.exists():
        print("nothing to forget")
        return
    for runner in _runners():
        print(f"stopping process {runner} …", flush=True)
        _end(runner)
    if (local / "postgres").exists():
        for data in places.home().glob("[0-9][0-9]"):
            stop_orphan(data)
        places.remove()
    shutil.rmtree(local)
    print("the local data is gone")


def _runners() -> Iterator[int]:
    if (places.CHECKOUT / ".local" / "postgres").exists():
        for lock in places.home().glob("*.lock"):
            if (process := holder(lock)) is not None:
                yield process


def _end(process: int) -> None:
    for way, seconds in _WAYS_TO_END:
        try:
            os.kill(process, way)
        except ProcessLookupError:
            return
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if not alive(process):
                return
            time.sleep(_POLL_SECONDS)
    sys.exit(f"process {process} does not end: stop it by hand")


if __name__ == "__main__":
    main()
