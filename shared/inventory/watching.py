"""Watching stock: what ran low or out is told once, and so is what came back; customers who wait are told of it in turn.

The open alert of a variant is what was last told of it. Whoever watches holds the locks of all of the variants' items, so that
the same change is never told by two.
"""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from shared.catalog.naming import NAMED
from shared.inventory.events import (
    AwaitedStockReturnedV1,
    StockLowV1,
    StockOutV1,
    StockReplenishedV1,
)
from shared.inventory.standings import standings
from shared.kernel.ids import new_id
from shared.platform.work import Work

# An archived product is missed by nobody, and what was never there has not run out. Each look for one row ends at the first:
# a plain EXISTS would be answered by reading every movement that there ever was.
_WATCHED = f"""
    SELECT c.brand_id, c.variant_id, n.sku, c.available, c.low_threshold, c.alert_id, c.told,
           CASE WHEN n.status IS NULL OR n.status = 'archived' THEN NULL WHEN c.level = 'ok' THEN 'ok'
                WHEN (SELECT 1 FROM inventory.inventory_items i
                       WHERE i.brand_id = c.brand_id AND i.variant_id = c.variant_id
                         AND (SELECT 1 FROM inventory.inventory_movements m
                               WHERE m.brand_id = i.brand_id AND m.item_id = i.id LIMIT 1) = 1
                       LIMIT 1) = 1 THEN c.level END AS level,
           c.waited_for AND n.status = 'active' AND n.published_at <= %(now)s AND (c.available > 0 OR c.backorder_allowed) AS awaited
      FROM (SELECT s.*, a.id AS alert_id, a.level AS told, q.variant_id IS NOT NULL AS waited_for
              FROM ({{standings}}) s
              LEFT JOIN inventory.stock_alerts a
                ON a.brand_id = s.brand_id AND a.variant_id = s.variant_id AND a.resolved_at IS NULL
              LEFT JOIN (SELECT DISTINCT brand_id, variant_id FROM inventory.restock_requests WHERE state = 'waiting' AND {{waiting}}) q
                ON q.brand_id = s.brand_id AND q.variant_id = s.variant_id
             WHERE s.level <> 'ok' OR a.id IS NOT NULL OR q.variant_id IS NOT NULL) c
      LEFT JOIN ({NAMED}) n ON n.brand_id = c.brand_id AND n.variant_id = c.variant_id
"""
_OF_VARIANTS = _WATCHED.format(
    standings=standings("i.variant_id = ANY (%(variants)s::uuid[])"),
    waiting="variant_id = ANY (%(variants)s::uuid[])",
)
_EVERYWHERE = _WATCHED.format(standings=standings("i.brand_id <> ALL (%(stuck)s)"), waiting="true")
# Those for which customers wait come last, when nothing else is left: telling of them changes nothing that is looked at here.
_CHANGED = f"""
    WITH standing AS MATERIALIZED (
        SELECT brand_id, variant_id, coalesce(level, 'ok') <> coalesce(told, 'ok') AS differs
          FROM ({_EVERYWHERE}) w WHERE coalesce(level, 'ok') <> coalesce(told, 'ok') OR awaited
    )
    SELECT brand_id, variant_id FROM standing
     WHERE differs OR NOT EXISTS (SELECT 1 FROM standing WHERE differs) LIMIT %(limit)s
"""
# Nothing is waited for: what a buyer has in hands is looked at an hour later.
_LOCK = """
    SELECT i.id, i.variant_id FROM inventory.inventory_items i WHERE i.variant_id = ANY (%(variants)s)
       FOR NO KEY UPDATE SKIP LOCKED
"""
_IN_HANDS = """
    SELECT DISTINCT variant_id FROM inventory.inventory_items
     WHERE variant_id = ANY (%(variants)s) AND id <> ALL (%(locked)s)
"""
_RESOLVE = "UPDATE inventory.stock_alerts SET resolved_at = %(now)s WHERE id = %(id)s AND resolved_at IS NULL"
_RAISE = """
    INSERT INTO inventory.stock_alerts (id, variant_id, level, available, threshold, raised_at)
    VALUES (%(id)s, %(variant)s, %(level)s, %(available)s, %(threshold)s, %(now)s)
"""


def changed(work: Work, limit: int, stuck: list[UUID]) -> list[Any]:
    """Up to `limit` variants, of any brand but the `stuck` ones, that do not stand as was last told: `brand_id`, `variant_id`.
    When there are none, those for which customers wait and which can be bought."""
    return work.all(_CHANGED, limit=limit, stuck=stuck, now=work.now)


def lock_idle(work: Work, variant_ids: Collection[UUID]) -> list[UUID]:
    """Lock the items of those of these variants that nobody has; answer those variants, each once."""
    rows = work.all(_LOCK, variants=list(variant_ids))
    locked = [row.id for row in rows]
    taken = {row.variant_id for row in work.all(_IN_HANDS, variants=list(variant_ids), locked=locked)}
    return sorted({row.variant_id for row in rows} - taken)


def watch(work: Work, variant_ids: Collection[UUID], *, to_change: bool = False) -> int:
    """Write down and tell how these variants (locked) stand now; answer how many do not stand as was last told.

    Those who wait are not called when the same work is about `to_change` how much there is.
    """
    rows = work.all(_OF_VARIANTS, variants=list(variant_ids), now=work.now) if variant_ids else []
    different = [row for row in rows if (row.level or "ok") != (row.told or "ok")]
    for row in different:
        _note(work, row)
        _tell(work, row)
    for row in rows:
        if row.awaited and not to_change:
            work.tell(AwaitedStockReturnedV1(variant_id=row.variant_id), key=str(row.variant_id))
    return len(different)


def _note(work: Work, row: Any) -> None:
    if row.alert_id is not None:
        work.run(_RESOLVE, id=row.alert_id, now=work.now)
    if row.level in ("low", "out"):
        work.run(
            _RAISE,
            id=new_id(work.now),
            variant=row.variant_id,
            level=row.level,
            available=row.available,
            threshold=row.low_threshold,
            now=work.now,
        )


def _tell(work: Work, row: Any) -> None:
    key = str(row.variant_id)
    about = {"variant_id": row.variant_id, "sku": row.sku}
    if row.level == "out":
        work.tell(StockOutV1(**about), key=key)
    elif row.level == "low" and row.told is None:
        work.tell(StockLowV1(**about, available=row.available, threshold=row.low_threshold), key=key)
    elif row.level is not None:
        # Better than what was told: from out to low, or from either to enough.
        work.tell(StockReplenishedV1(**about, available=row.available), key=key)
