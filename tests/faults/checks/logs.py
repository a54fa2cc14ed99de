"""No function failed in a way that nobody planned."""

import re
from collections import Counter
from collections.abc import Iterator

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
        "WaitsForEarlier", "StillSending", "ProviderSilent", "PaymentStillOpen", "CustomerUnknown",
    }
)  # fmt: skip


_IDS = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|pi_\w+|\b\d{4,}\b")


def exceptions(found: Evidence) -> Counter[str]:
    """How often each exception was logged, as `function: class: last line`."""
    return Counter(
        f"{one.function}: {one.exception}: {_IDS.sub('*', one.detail)[:160].removeprefix(f'{one.exception}: ')}"
        for one in found.failures
    )


def every_failure_is_explained(found: Evidence) -> Iterator[str]:
    unexplained = Counter(
        f"{one.function}: {one.exception}: {_IDS.sub('*', one.detail)[:160]}"
        for one in found.failures
        if one.exception not in _EXPLAINED
    )
    yield from (f"{times} x {told}" for told, times in unexplained.items())


CHECKS: tuple[Check, ...] = (every_failure_is_explained,)
