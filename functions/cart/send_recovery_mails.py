"""Every 1 minute — send the reminders that are due, unless their reader has bought, is back or wants none."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from shared.cart.recovery import sequence
from shared.cart.recovery.mailing import send_if_wanted
from shared.platform.doors import job
from shared.platform.work import Work

BATCH = 50


def find_due(work: Work, stuck: list[UUID]) -> Sequence[Any]:
    """The steps that have been due for longest, of any brand."""
    return sequence.due(work, BATCH, stuck)


def send_recovery_mails(work: Work, due: Sequence[Any]) -> int:
    """Mail them or cancel them, each with its cart locked."""
    return sum(send_if_wanted(work, row.id, row.cart_id, row.step) for row in due)


handler = job("send_recovery_mails", send_recovery_mails, every="1 minute", find=find_due)
