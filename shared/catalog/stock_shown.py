"""Whether lists show that a product can be had: written by whoever changes the stock, except where somebody else had the product's entry
locked, or it was not in the shop yet. Those are mended here."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from shared.platform.work import Work

_STALE = """
    SELECT DISTINCT brand_id, product_id FROM catalog.stale_stock WHERE brand_id <> ALL (%(stuck)s)
     ORDER BY brand_id, product_id LIMIT %(limit)s
"""
# What is in no list needs none: when it comes into one its stock is read.
_DONE = """
    DELETE FROM catalog.stale_stock s
     WHERE s.product_id = ANY (%(ids)s)
       AND (s.product_id = ANY (%(shown)s)
            OR NOT EXISTS (SELECT FROM catalog.search_entries e WHERE e.brand_id = s.brand_id AND e.product_id = s.product_id))
"""


def stale(work: Work, limit: int, stuck: Sequence[UUID]) -> list[Any]:
    """Products of any brand that lists may show wrongly: `brand_id`, `product_id`."""
    return work.all(_STALE, limit=limit, stuck=list(stuck))


def mend(work: Work, product_ids: Sequence[UUID]) -> int:
    """Show how these products stand; how many notes that settled. Who is being edited right now is left to the next run."""
    shown = work.value("SELECT catalog.show_stock(%(ids)s)", ids=list(product_ids))
    return work.run(_DONE, ids=list(product_ids), shown=shown)
