"""Stock that staff asked to be told of: variants at or below their threshold."""

from typing import Any

from shared.platform.work import Work

_SHOWN = 20
_SHORT = """
    SELECT brand_id, count(*) AS low, count(*) FILTER (WHERE available <= 0) AS gone,
           (array_agg(variant_id::text ORDER BY available, variant_id))[:%(shown)s] AS variants
      FROM (SELECT brand_id, variant_id, sum(greatest(on_hand - reserved - safety_stock, 0)) AS available
              FROM inventory.inventory_items
             WHERE low_threshold IS NOT NULL GROUP BY brand_id, variant_id
            HAVING sum(greatest(on_hand - reserved - safety_stock, 0)) <= max(low_threshold)) AS short
     GROUP BY brand_id ORDER BY brand_id
"""


def short(work: Work) -> list[Any]:
    """Brands that are short of something: rows `brand_id`, `low` (variants at or below their threshold), `gone` (of these, with
    nothing left), `variants` (the ids of the first twenty, the scarcest first). In a sweep, of every brand."""
    return work.all(_SHORT, shown=_SHOWN)
