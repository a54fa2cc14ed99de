"""When a mail may be handed to the provider, and what its answers lead to. Pure rules."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal

from shared.platform.models import Outcome

MAX_ATTEMPTS = 12
# Longer than the sender's function may run: after this, nobody is handing the mail over any more.
SENDING_FOR = timedelta(seconds=30)
_BACK_OFF_BASE = timedelta(seconds=30)
_BACK_OFF_CAP = timedelta(hours=2)


class Status(StrEnum):
    """Where a mail stands. `unknown`: it was handed over and nobody saw the answer, so it is never handed over again."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    UNKNOWN = "unknown"


class StillSending(Exception):
    """Another delivery of the same event is handing this mail over at this moment."""


class SendOutcome(Outcome):
    """What the provider said. `deferred`: surely not accepted now, but may be later; `unknown`: it may have been."""

    result: Literal["sent", "failed", "deferred", "unknown"]
    provider_message_id: str | None = None
    reason: str | None = None


# What is written down for a mail whose sender died between recording the attempt and its outcome.
NOBODY_SAW = SendOutcome(result="unknown", reason="the sender died before it knew the outcome")


def may_hand_over(status: str, sending_until: datetime | None, now: datetime) -> bool | None:
    """True: hand it over now. False: it is settled. None: an attempt died on its way, so its outcome is unknown.

    Raises StillSending while an attempt may be alive.
    """
    if status == Status.QUEUED:
        return True
    if status != Status.SENDING or sending_until is None:
        return False
    if now < sending_until:
        raise StillSending
    return None


def after(outcome: SendOutcome, attempts: int) -> tuple[Status, timedelta | None]:
    """The mail's next status after `attempts` attempts, and how long it then waits if it is queued again."""
    if outcome.result != "deferred":
        return Status(outcome.result), None
    if attempts >= MAX_ATTEMPTS:
        return Status.FAILED, None
    return Status.QUEUED, back_off(attempts)


def back_off(attempts: int) -> timedelta:
    """30 s after the first attempt, doubled by each further one, two hours at most: twelve attempts span about 11 hours."""
    doubled: timedelta = _BACK_OFF_BASE * 2 ** max(0, attempts - 1)
    return min(_BACK_OFF_CAP, doubled)
