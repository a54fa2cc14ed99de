"""What the run's logs say: which failures the functions wrote down, and which functions died with messages in hand."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.faults.messages import STAGE
from tests.faults.world import World

_FUNCTIONS_LOGS = ("http.jsonl", "background.jsonl", "listener.log", "twin.log")
_DIED = re.compile(rf"{STAGE}(\S+): .*messages stay in ")


@dataclass(frozen=True, slots=True)
class Failure:
    """An exception that a function logged, by its class; `message_id` is that of the queue's message, if it was one."""

    function: str
    exception: str
    detail: str
    message_id: str | None


def failures(world: World) -> Iterator[Failure]:
    """Every one of them."""
    for log in _FUNCTIONS_LOGS:
        file = world.files.logs / log
        if not file.exists():
            continue
        with file.open(errors="replace") as lines:
            for line in lines:
                entry = _entry(line)
                if name := str(entry.get("exception_name") or entry.get("errorType") or ""):
                    function = entry.get("function") or entry.get("function_name") or entry.get("service")
                    said = str(entry.get("exception") or entry.get("errorMessage") or "").strip().splitlines()
                    yield Failure(str(function), name, said[-1] if said else "", entry.get("message_id"))


def deaths(world: World) -> Counter[str]:
    """How often each consumer died, or was ended for taking too long, while it held messages."""
    file = world.files.logs / "runner.log"
    if not file.exists():
        return Counter()
    found = _DIED.findall(file.read_text(errors="replace"))
    return Counter(f"{name.partition('-')[0]}/{name.partition('-')[2].replace('-', '_')}" for name in found)


def _entry(line: str) -> dict[str, Any]:
    if '"exception_name"' not in line and '"errorType"' not in line:
        return {}
    try:
        read = json.loads(line)
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {}
