"""Stock that staff asked to be told of: variants at or below their threshold."""

from typing import Any

from shared.inventory.standings import standings
from shared.platform.work import Work

_SHOWN = 20
_WITH_THRESHOLD = """(i.brand_id, i.variant_id) IN
    (SELECT t.brand_id, t.variant_id FROM inventory.inventory_items t WHERE t.low_threshold IS NOT NULL)"""
_SHORT = f"""
    SELECT brand_id, count(*) AS low, count(*) FILTER (WHERE level = 'out') AS gone,
           (array_agg(variant_id::text ORDER BY available, variant_id))[:%(shown)s] AS variants
      FROM ({standings(_WITH_THRESHOLD)}) AS standing
     WHERE level <> 'ok' GROUP BY brand_id ORDER BY brand_id
"""


def short(work: Work) -> list[Any]:
    """Brands that are short of something: rows `brand_id`, `low` (variants at or below their threshold), `gone` (of these, with
    nothing left), `variants` (the ids of the first twenty, the scarcest first). In a sweep, of every brand."""
    return work.all(_SHORT, shown=_SHOWN, now=work.now)
