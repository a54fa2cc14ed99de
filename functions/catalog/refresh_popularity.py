"""Every 1 hour — tell lists what has become popular."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from shared.catalog import popularity
from shared.platform.doors import job
from shared.platform.work import Work

BATCH = 1000


def find_due(work: Work, stuck: list[UUID]) -> Sequence[Any]:
    """Products that are clearly more popular than lists know, of any brand."""
    return popularity.untold(work, BATCH, stuck)


def refresh_popularity(work: Work, due: Sequence[Any]) -> int:
    return popularity.show(work, [each.product_id for each in due])


handler = job("refresh_popularity", refresh_popularity, every="1 hour", find=find_due)
