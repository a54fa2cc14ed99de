"""The faults file, which the runner and its workers share: `{"steps": [fault, …]}`, read and changed under a lock."""

import fcntl
import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

type StepFaults = list[dict[str, Any]]


def read(path: str | Path) -> StepFaults:
    """The armed faults; none when there is no file."""
    try:
        with open(path, "rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH)
            return _content(file.read())
    except FileNotFoundError:
        return []


def change[T](path: str | Path, by: Callable[[StepFaults], tuple[StepFaults, T]]) -> T:
    """Write what `by` makes of the armed faults; answers what else it answers."""
    with open(path, "a+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        faults, answer = by(_content(file.read()))
        file.truncate(0)
        file.write(json.dumps({"steps": faults}).encode())
        file.flush()
        # Workers look at this time; the kernel's own is too coarse to tell two quick changes apart.
        moment = time.time_ns()
        os.utime(file.fileno(), ns=(moment, moment))
    return answer


def _content(raw: bytes) -> StepFaults:
    return list(json.loads(raw)["steps"]) if raw else []
