"""No function failed in a way that nobody planned."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from tests.faults.evidence import Check, Evidence

# Ways to fail that a trouble explains, by the exception's class: whatever is away raises one of these.
_EXPLAINED = frozenset(
    {
        "InjectedFault",
        # PostgreSQL away, or ended in the middle.
        "OperationalError", "AdminShutdown", "CrashShutdown", "CannotConnectNow", "IdleInTransactionSessionTimeout",
        "NotCommitted",
        # The broker away.
        "AwsError", "ConnectionRefusedError", "ConnectionResetError", "TimeoutError",
        # Told to come back: for an earlier event, a mail on its way, a provider that is silent.
        "WaitsForEarlier", "StillSending", "ProviderSilent", "PaymentStillOpen",
    }
)  # fmt: skip


_IDS = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|pi_\w+|\b\d{4,}\b")


def exceptions(found: Evidence) -> Counter[str]:
    """How often each exception was logged, as `function: class: first line`."""
    seen: Counter[str] = Counter()
    for log in ("http.jsonl", "background.jsonl", "listener.log"):
        file = found.world.files.logs / log
        for line in file.read_text(errors="replace").splitlines() if file.exists() else ():
            entry = _entry(line)
            name = str(entry.get("exception_name") or entry.get("errorType") or "")
            if name:
                detail = str(entry.get("exception") or entry.get("errorMessage") or "").strip().splitlines()
                function = entry.get("function") or entry.get("function_name") or entry.get("service")
                said = _IDS.sub("*", detail[-1])[:160] if detail else ""
                seen[f"{function}: {name}: {said.removeprefix(f'{name}: ')}"] += 1
    return seen


def every_failure_is_explained(found: Evidence) -> Iterator[str]:
    for told, times in exceptions(found).items():
        if told.split(": ")[1] not in _EXPLAINED:
            yield f"{times} x {told}"


def _entry(line: str) -> dict[str, Any]:
    try:
        read = json.loads(line)
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {}


CHECKS: tuple[Check, ...] = (every_failure_is_explained,)
