"""`make reset`: stop what runs on this checkout, and forget all its local data."""

import os
import shutil
import signal
import sys
import time
from pathlib import Path

from local.postgres import places
from local.postgres.ownership import alive, holder, stop_orphan

_WAYS_TO_END = ((signal.SIGTERM, 40.0), (signal.SIGKILL, 5.0))
_POLL_SECONDS = 0.05


def main() -> None:
    """Stop, then delete `.local`, and the data outside where there is some."""
    checkout = Path(os.environ.get("LOCAL_HOME") or places.CHECKOUT)
    local = checkout / ".local"
    if not local.exists():
        print("nothing to forget")
        return
    for lock in (local / "run.lock", *(local / "postgres").resolve().glob("*.lock")):
        if (process := holder(lock)) is not None:
            print(f"stopping process {process} …", flush=True)
            _end(process)
    for data in (local / "postgres").resolve().glob("[0-9][0-9]"):
        stop_orphan(data)
    places.remove(checkout)
    shutil.rmtree(local)
    print("the local data is gone")


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
