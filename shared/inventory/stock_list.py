"""The stock of all variants as staff look through it: one row a variant, whether or not stock was ever kept of it."""

from typing import Any, Literal, NamedTuple
from uuid import UUID

from shared.catalog.naming import NAMED
from shared.inventory.standings import standings
from shared.platform.work import Work

type Sort = Literal["sku", "-sku", "title", "-title", "available", "-available", "on_hand", "-on_hand"]

_NAME_SORTS = ("sku", "title")
_KEYS = {
    "sku": ("n.sku",),
    "title": ("lower(n.product_title)", "n.variant_title"),
    "available": ("coalesce(s.available, 0)",),
    "on_hand": ("coalesce(s.on_hand, 0)",),
}
# A variant of which no stock was ever kept cannot be bought either.
_LEVEL = "coalesce(s.level, 'out')"
_COLUMNS = f"""
    SELECT n.variant_id, n.sku, n.product_id, n.product_title, n.variant_title, {_LEVEL} AS level,
           coalesce(s.on_hand, 0) AS on_hand, coalesce(s.reserved, 0) AS reserved,
           coalesce(s.safety_stock, 0) AS safety_stock, coalesce(s.available, 0) AS available,
           s.low_threshold, coalesce(s.backorder_allowed, false) AS backorder_allowed
"""
_NAMES = f"""
      FROM ({NAMED}) n
     WHERE (%(product)s::uuid IS NULL OR n.product_id = %(product)s)
       AND (%(typed)s = '' OR strpos(lower(n.sku), lower(%(typed)s)) > 0
            OR strpos(lower(n.product_title), lower(%(typed)s)) > 0)
"""
_ROWS = f"""
      FROM (SELECT n.* {_NAMES}) n
      LEFT JOIN ({standings("%(location)s::uuid IS NULL OR i.location_id = %(location)s")}) s
        ON s.brand_id = n.brand_id AND s.variant_id = n.variant_id
     WHERE (%(location)s::uuid IS NULL OR s.variant_id IS NOT NULL)
       AND (%(levels)s::text[] IS NULL OR {_LEVEL} = ANY (%(levels)s))
"""
_LIMIT = "LIMIT %(limit)s OFFSET %(offset)s"
# Where names alone decide what is on the page, only its own stock is summed up.
_OF_PAGE = f"""
      FROM named n LEFT JOIN ({standings("i.variant_id IN (SELECT variant_id FROM named)")}) s
        ON s.brand_id = n.brand_id AND s.variant_id = n.variant_id
"""


class Filter(NamedTuple):
    """Which variants; None and '' mean any. `typed` is a part of a SKU or of a product's title; at a `location_id` only what is
    kept there, as it stands there."""

    levels: tuple[str, ...] | None = None
    location_id: UUID | None = None
    product_id: UUID | None = None
    typed: str = ""

    @property
    def by_name(self) -> bool:
        """Whether names alone decide which ones."""
        return self.levels is None and self.location_id is None


def page(work: Work, wanted: Filter, sort: Sort, limit: int, offset: int) -> list[Any]:
    """Rows of the list: names, sums and `level`."""
    direction = "DESC" if sort.startswith("-") else "ASC"
    keys = ", ".join(f"{key} {direction}" for key in _KEYS[sort.removeprefix("-")])
    order = f"ORDER BY {keys}, n.variant_id"
    named = f"WITH named AS MATERIALIZED (SELECT n.* {_NAMES} {order} {_LIMIT}) {_COLUMNS} {_OF_PAGE} {order}"
    by_name = wanted.by_name and sort.removeprefix("-") in _NAME_SORTS
    return work.all(
        named if by_name else f"{_COLUMNS} {_ROWS} {order} {_LIMIT}",
        **_params(work, wanted),
        limit=limit,
        offset=offset,
    )


def count(work: Work, wanted: Filter) -> int:
    """How many variants there are."""
    rows = _NAMES if wanted.by_name else _ROWS
    return int(work.value(f"SELECT count(*) {rows}", **_params(work, wanted)))


def _params(work: Work, wanted: Filter) -> dict[str, Any]:
    return {
        "levels": list(wanted.levels) if wanted.levels else None,
        "location": wanted.location_id,
        "product": wanted.product_id,
        "typed": wanted.typed,
        "now": work.now,
    }
