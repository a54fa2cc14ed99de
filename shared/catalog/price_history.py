"""The history of prices: which were to be had, and when. The periods to come are noted, too, and need nobody when they do."""

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from shared.platform.work import Work

# The prices of products as they are to be had from now on.
_PRICES = """
    SELECT x.id AS price_id, x.variant_id, x.currency, x.amount, x.ends_at AS applied_until,
           x.starts_at IS NOT NULL OR x.ends_at IS NOT NULL OR x.compare_at_amount > x.amount IS TRUE AS announced,
           greatest(%(now)s, p.published_at, x.starts_at) AS applied_from
      FROM {products} p
      JOIN catalog.product_variants v ON (v.brand_id, v.product_id) = (p.brand_id, p.id)
      JOIN catalog.variant_prices x ON (x.brand_id, x.variant_id) = (v.brand_id, v.id)
     WHERE {which} AND (x.ends_at IS NULL OR x.ends_at > greatest(%(now)s, p.published_at, x.starts_at))
"""
# None of what is not published.
_WANTED = f"""
    wanted AS ({_PRICES.format(products="catalog.products", which="p.id = ANY (%(products)s) AND p.status = 'active'")}
    ), open AS (
        SELECT h.price_id, h.applied_from, h.applied_until, h.currency, h.amount, h.announced
          FROM catalog.price_history h
          JOIN catalog.product_variants v ON (v.brand_id, v.id) = (h.brand_id, h.variant_id)
         WHERE v.product_id = ANY (%(products)s) AND (h.applied_until IS NULL OR h.applied_until > %(now)s)
    ), kept AS (
        SELECT o.price_id, o.applied_from, w.applied_until
          FROM open o JOIN wanted w
            ON (w.price_id, w.currency, w.amount, w.announced) = (o.price_id, o.currency, o.amount, o.announced)
           AND w.applied_from = greatest(%(now)s, o.applied_from)
    )
"""
_KEEP = f"""
    WITH {_WANTED}
    UPDATE catalog.price_history h SET applied_until = k.applied_until
      FROM kept k
     WHERE (h.price_id, h.applied_from) = (k.price_id, k.applied_from)
       AND h.applied_until IS DISTINCT FROM k.applied_until
"""
_FORGET = f"""
    WITH {_WANTED}
    DELETE FROM catalog.price_history h USING open o
     WHERE (h.price_id, h.applied_from) = (o.price_id, o.applied_from) AND h.applied_from >= %(now)s
       AND (h.price_id, h.applied_from) NOT IN (SELECT price_id, applied_from FROM kept)
"""
_CLOSE = f"""
    WITH {_WANTED}
    UPDATE catalog.price_history h SET applied_until = %(now)s
      FROM open o
     WHERE (h.price_id, h.applied_from) = (o.price_id, o.applied_from) AND h.applied_from < %(now)s
       AND (h.price_id, h.applied_from) NOT IN (SELECT price_id, applied_from FROM kept)
"""
_OPEN = f"""
    WITH {_WANTED}
    INSERT INTO catalog.price_history
        (price_id, applied_from, applied_until, variant_id, currency, amount, announced)
    SELECT price_id, applied_from, applied_until, variant_id, currency, amount, announced
      FROM wanted WHERE price_id NOT IN (SELECT price_id FROM kept)
"""
# Of drafts that are published further on in the same work.
_COMING = """(SELECT platform.current_brand() AS brand_id, id, published_at
                 FROM unnest(%(products)s::uuid[], %(published)s::timestamptz[]) AS n(id, published_at))"""
_FIRST = f"""
    INSERT INTO catalog.price_history
        (price_id, applied_from, applied_until, variant_id, currency, amount, announced)
    SELECT price_id, applied_from, applied_until, variant_id, currency, amount, announced
      FROM ({_PRICES.format(products=_COMING, which="true")}) AS first
"""


def note_prices(work: Work, product_ids: Collection[UUID]) -> None:
    """Write down what the prices of these products are from now on. Call it after whatever changes prices, or takes a product
    into the shop or out of it; it may be called once too often. The products are locked, or nobody else's yet."""
    products = list(product_ids)
    if not products:
        return
    for statement in (_KEEP, _FORGET, _CLOSE, _OPEN):
        work.run(statement, products=products, now=work.now)


def note_new_prices(work: Work, product_ids: Collection[UUID]) -> None:
    """`note_prices` of products that were not there before, which have no history."""
    if product_ids:
        work.run(_OPEN, products=list(product_ids), now=work.now)


def note_first_prices(work: Work, published: Mapping[UUID, datetime]) -> None:
    """`note_prices` of new products that are drafts still, and in the shop from these moments on once the same work has published
    them: lists then show them once, with their history."""
    if published:
        work.run(_FIRST, products=list(published), published=list(published.values()), now=work.now)
