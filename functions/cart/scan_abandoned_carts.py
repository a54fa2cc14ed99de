"""Every 10 minutes — notice the carts that were left and plan their reminders; close those that nobody has touched for long."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from shared.cart.recovery import scanning
from shared.platform.doors import job
from shared.platform.work import Work

BATCH = 500


def find_due(work: Work, stuck: list[UUID]) -> Sequence[Any]:
    """The carts that are due to be looked at, of any brand."""
    return scanning.due(work, BATCH, stuck)


def scan_abandoned_carts(work: Work, due: Sequence[Any]) -> int:
    """Mark those that were left; whoever has just come back keeps theirs."""
    return scanning.look_at(work, [row.id for row in due])


handler = job("scan_abandoned_carts", scan_abandoned_carts, every="10 minutes", find=find_due)
