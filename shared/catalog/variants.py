"""Variants as the contexts above need them: what is for sale, and at what price."""

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from shared.catalog.prices import Offer, Period, Price, offer, prior_price
from shared.kernel.money import Money
from shared.platform.work import Work


class ForSale(NamedTuple):
    """A published variant. `title` is the product's, `variant_title` may be empty; `price` is None when it is not sold
    in the asked currency, `compare_at` and `prior_price` when that is not reduced; `image` is a key in the media bucket."""

    variant_id: UUID
    product_id: UUID
    slug: str
    sku: str
    title: str
    variant_title: str
    options: dict[str, str]
    kind: str
    fulfillment_method: str
    partner_id: UUID | None
    min_level: str | None
    tax_category: str
    weight_g: int | None
    price: Money | None
    compare_at: Money | None
    price_points: int | None
    image: str | None
    prior_price: Money | None = None

    @property
    def full_title(self) -> str:
        """Product and variant, as a cart line or an order shows them."""
        return f"{self.title} · {self.variant_title}" if self.variant_title else self.title


_FOR_SALE = """
    SELECT v.id AS variant_id, p.id AS product_id, p.slug, v.sku, p.title, v.title AS variant_title, v.options, p.kind,
           p.fulfillment_method, p.partner_id, p.min_level, v.tax_category, v.weight_g, v.price_points,
           (SELECT i.key FROM catalog.product_images i
             WHERE i.brand_id = p.brand_id AND i.product_id = p.id AND i.status = 'ready' ORDER BY i.position, i.id LIMIT 1) AS image,
           (SELECT json_agg(json_build_object('currency', x.currency, 'amount', x.amount, 'compare_at',
                            x.compare_at_amount, 'starts_at', x.starts_at, 'ends_at', x.ends_at))
              FROM catalog.variant_prices x WHERE x.brand_id = v.brand_id AND x.variant_id = v.id) AS prices
      FROM catalog.product_variants v JOIN catalog.products p ON p.brand_id = v.brand_id AND p.id = v.product_id
     WHERE v.id {wanted} AND p.status = 'active' AND p.published_at <= %(now)s
"""
# One is asked for alone: PostgreSQL keeps that plan, but plans anew for each list, which costs thrice the look itself.
_ONE_FOR_SALE = _FOR_SALE.format(wanted="= %(ids)s")
_SOME_FOR_SALE = _FOR_SALE.format(wanted="= ANY (%(ids)s)")
_PERIODS = """
    SELECT id, catalog.reduced_periods(brand_id, id) AS periods FROM catalog.product_variants WHERE id = ANY (%(ids)s)
"""
_SKUS = "SELECT id, sku FROM catalog.product_variants WHERE id = ANY (%(ids)s)"


def for_sale(work: Work, variant_ids: Collection[UUID], currency: str) -> dict[UUID, ForSale]:
    """The variants among `variant_ids` whose product is published, with what they cost now in `currency`."""
    return for_sale_soon(work, variant_ids, currency)()


def for_sale_soon(
    work: Work, variant_ids: Collection[UUID], currency: str
) -> Callable[[], dict[UUID, ForSale]]:
    """The same, asked with the next statement: what this answers, once called, says what was found."""
    ids = list(variant_ids)
    if not ids:
        return dict
    asked = (
        work.soon(_ONE_FOR_SALE, ids=ids[0], now=work.now)
        if len(ids) == 1
        else work.soon(_SOME_FOR_SALE, ids=ids, now=work.now)
    )

    def found() -> dict[UUID, ForSale]:
        rows = {row.variant_id: _for_sale(row, currency, work.now) for row in asked.all()}
        return _with_prior_prices(work, rows, currency)

    return found


def skus(work: Work, variant_ids: Collection[UUID]) -> dict[UUID, str]:
    """The SKU of each known variant, published or not."""
    return {row.id: row.sku for row in work.all(_SKUS, ids=list(variant_ids))}


def _with_prior_prices(work: Work, found: dict[UUID, ForSale], currency: str) -> dict[UUID, ForSale]:
    reduced = [each.variant_id for each in found.values() if each.compare_at]
    # Asked for apart: few prices are reduced.
    for row in work.all(_PERIODS, ids=reduced) if reduced else ():
        amount = prior_price(map(Period.read, row.periods or ()), currency, work.now)
        if amount is not None:
            found[row.id] = found[row.id]._replace(prior_price=Money(amount, currency))
    return found


def _for_sale(row: Any, currency: str, now: datetime) -> ForSale:
    found: Offer | None = offer(map(Price.read, row.prices or ()), currency, now)
    return ForSale(
        variant_id=row.variant_id,
        product_id=row.product_id,
        slug=row.slug,
        sku=row.sku,
        title=row.title,
        variant_title=row.variant_title,
        options=row.options,
        kind=row.kind,
        fulfillment_method=row.fulfillment_method,
        partner_id=row.partner_id,
        min_level=row.min_level,
        tax_category=row.tax_category,
        weight_g=row.weight_g,
        price=Money(found.amount, currency) if found else None,
        compare_at=Money(found.compare_at, currency) if found and found.compare_at else None,
        price_points=row.price_points,
        image=row.image,
    )
