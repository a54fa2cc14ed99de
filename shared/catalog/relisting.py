"""Listings that show many products' category or tag by its old name: shown anew by and by, batch after batch.

Whoever renames, moves or deletes what some hundred products bear shows them anew at once. More would take longer than a statement may:
a trigger writes down whose listing is stale (`catalog.relist`), and each batch tells itself of the next one. Meanwhile they are found by
the new name, since what they bear is a number; only their cards say the old one.
"""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from shared.catalog.events import ListingsOutdatedV1
from shared.platform.work import Work

# A second's work: editors of these products wait for it.
BATCH = 250

_LEFT = "SELECT count(*) FROM catalog.stale_listings"
_NEXT = "SELECT product_id FROM catalog.stale_listings ORDER BY product_id LIMIT %(limit)s"
_STALE = """
    SELECT brand_id, product_id FROM catalog.stale_listings WHERE brand_id <> ALL (%(stuck)s)
     ORDER BY brand_id, product_id LIMIT %(limit)s
"""
# What somebody else is at is left to them.
_TAKE = """
    DELETE FROM catalog.stale_listings WHERE product_id IN (
        SELECT product_id FROM catalog.stale_listings WHERE product_id = ANY (%(ids)s) ORDER BY product_id FOR UPDATE SKIP LOCKED)
    RETURNING product_id
"""


def follow_up(work: Work) -> None:
    """Tell that listings are stale, if any are: after something was renamed, moved or deleted."""
    if left := work.value(_LEFT):
        work.tell(ListingsOutdatedV1(products=left))


def show_next(work: Work) -> int:
    """Show the next products anew, and tell if there are more; answers how many were. None: somebody else is at them, and will tell."""
    shown = show(work, [row.product_id for row in work.all(_NEXT, limit=BATCH)])
    if shown:
        follow_up(work)
    return shown


def stale(work: Work, limit: int, stuck: Sequence[UUID]) -> list[Any]:
    """Products of any brand whose listing is stale: `brand_id`, `product_id`."""
    return work.all(_STALE, limit=limit, stuck=list(stuck))


def show(work: Work, product_ids: Collection[UUID]) -> int:
    """Show those of these products anew whose listing is stale; answers how many."""
    ids = [row.product_id for row in work.all(_TAKE, ids=list(product_ids))]
    if ids:
        work.run("SELECT catalog.refresh_listings(%(ids)s)", ids=ids)
        # Found by words that cards do not show.
        work.run("SELECT catalog.refresh_search(%(ids)s)", ids=ids)
    return len(ids)
