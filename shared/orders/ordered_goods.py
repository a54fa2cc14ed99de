"""Which variants have ever been ordered: what those are must stay known."""

from collections.abc import Collection
from uuid import UUID

from shared.platform.work import Work


def ordered(work: Work, variant_ids: Collection[UUID]) -> set[UUID]:
    """Those among the variants that some order has, whatever became of it."""
    rows = work.all(
        """SELECT v.id FROM unnest(%(ids)s::uuid[]) AS v(id)
            WHERE EXISTS (SELECT 1 FROM orders.order_items i WHERE i.variant_id = v.id)""",
        ids=list(variant_ids),
    )
    return {row.id for row in rows}
