"""Jobs that run every few minutes rest while nothing waits for them, so that a database that pauses when nobody uses it may.

Where `TIMERS_TABLE` is set, whoever is about to write says so there first, at most every quarter of an hour; a job's schedule looks
there before it opens the database, and leaves it alone unless somebody wrote in the last two hours. What waits longer than that is
found at the first run of an hour, when every job looks. When the table does not answer, jobs look: nothing depends on it.
"""

import os
from datetime import timedelta

from shared.platform import aws, clock
from shared.platform.logs import log

# Reservations, unpaid orders, retries of webhooks, events and mails are over within it, counted from the write that began them.
ARMED_FOR = timedelta(hours=2)
_SAY_AGAIN_AFTER = timedelta(minutes=15)
# How long a row may wait past its time when nobody has written for two hours.
LOOK_EVERY = timedelta(hours=1)
_ITEM = {"client": {"S": "timers"}}
_CALL_SECONDS = 0.5
_MINUTES = "minute"

_said_at = 0.0


def arm() -> None:
    """Say that rows may soon wait: before the commit that makes them, so that a death right after it loses nothing."""
    global _said_at
    table, now = os.environ.get("TIMERS_TABLE"), clock.now().timestamp()
    if not table or now - _said_at < _SAY_AGAIN_AFTER.total_seconds():
        return
    until = int(now + ARMED_FOR.total_seconds())
    try:
        aws.call(
            "dynamodb",
            "UpdateItem",
            {
                "TableName": table,
                "Key": _ITEM,
                "UpdateExpression": "SET armed_until = :until",
                "ExpressionAttributeValues": {":until": {"N": str(until)}},
            },
            timeout=_CALL_SECONDS,
        )
        _said_at = now
    except (aws.AwsError, OSError) as error:
        log.warning("timers not armed", extra={"reason": str(error)})


def resting(every: str) -> bool:
    """Whether a job with this period ("5 minutes") has nothing to look for now."""
    table = os.environ.get("TIMERS_TABLE")
    number, _, unit = every.partition(" ")
    now = clock.now()
    if not table or not unit.startswith(_MINUTES) or now.minute < int(number):
        return False
    try:
        found = aws.call(
            "dynamodb", "GetItem", {"TableName": table, "Key": _ITEM}, timeout=_CALL_SECONDS
        ).get("Item")
    except (aws.AwsError, OSError) as error:
        log.warning("timers not read", extra={"reason": str(error)})
        return False
    return found is not None and int(found["armed_until"]["N"]) < now.timestamp()


def slack() -> timedelta:
    """How much later than its period says a job may have run without anything being wrong."""
    return LOOK_EVERY if os.environ.get("TIMERS_TABLE") else timedelta(0)


def forget() -> None:
    """Drop what this process has said: for tests."""
    global _said_at
    _said_at = 0.0
