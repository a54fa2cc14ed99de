"""Every 1 hour — tell lists what has become popular, and what they have missed of the stock or of a new name."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from shared.catalog import popularity, relisting, stock_shown
from shared.platform.doors import job
from shared.platform.work import Work

BATCH = 1000


def find_due(work: Work, stuck: list[UUID]) -> Sequence[Any]:
    """Products of which lists do not know enough, of any brand."""
    return [
        *popularity.untold(work, BATCH, stuck),
        *stock_shown.stale(work, BATCH, stuck),
        *relisting.stale(work, relisting.BATCH, stuck),
    ]


def refresh_lists(work: Work, due: Sequence[Any]) -> int:
    ids = sorted({each.product_id for each in due})
    return popularity.show(work, ids) + stock_shown.mend(work, ids) + relisting.show(work, ids)


handler = job("refresh_lists", refresh_lists, every="1 hour", find=find_due)
