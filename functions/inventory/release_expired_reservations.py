"""Every 1 minute — give stock back that carts and unpaid orders held for too long."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from shared.inventory import store
from shared.inventory.reservations import tell_expired
from shared.platform.doors import job
from shared.platform.work import Work

BATCH = 500


def find_due(work: Work, stuck: list[UUID]) -> Sequence[Any]:
    """The reservations that ran out longest ago, of any brand."""
    return store.due(work, BATCH, stuck)


def release_expired_reservations(work: Work, due: Sequence[Any]) -> int:
    """Expire what is still held; a buyer who came back meanwhile keeps it."""
    expired = store.expire(work, [reservation.id for reservation in due])
    for reservation in expired:
        tell_expired(work, reservation)
    return len(expired)


handler = job("release_expired_reservations", release_expired_reservations, every="1 minute", find=find_due)
