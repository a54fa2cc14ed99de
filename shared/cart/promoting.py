"""The promotions of a cart: what is looked for with its codes and its buyer, and what its goods are known as."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from shared.billing.promotions.finding import Seeker, found_soon
from shared.cart.records import CartRecord
from shared.catalog.variants import ForSale
from shared.platform.work import Work

if TYPE_CHECKING:
    from shared.billing.promotions.offers import Offer

MOST_CODES = 20


class Promoting(NamedTuple):
    """What there is for a cart: the offers, and of the categories that they are for, those that hold each product."""

    offers: "tuple[Offer, ...]" = ()
    categories: Mapping[UUID, frozenset[UUID]] = {}


NO_PROMOTIONS = Promoting()


def promoting_soon(
    work: Work, cart: CartRecord, *, lock: bool = False
) -> Callable[[Mapping[UUID, ForSale]], Promoting]:
    """What there is for the cart, asked with the next statement: call what this answers with what is for sale of its goods.

    With `lock` what is seen holds until this work ends; see `finding.found_soon`.
    """
    seeker = Seeker(cart.currency, cart.customer_id, cart.email, cart.order_id)
    asked = found_soon(work, seeker, cart.promotion_codes, lock=lock)

    def promoting(goods: Mapping[UUID, ForSale]) -> Promoting:
        found = asked()
        if not found.offers:
            return NO_PROMOTIONS
        if not found.category_ids:
            return Promoting(found.offers)
        # Imported here: few promotions are for categories.
        from shared.catalog.placements import holding

        products = {each.product_id for each in goods.values()}
        return Promoting(found.offers, holding(work, products, found.category_ids))

    return promoting


def with_codes(cart: CartRecord, typed: list[str]) -> CartRecord:
    """The cart with these codes beside its own. One that is no code is kept as it was typed: nothing is called so."""
    if not typed:
        return cart
    from shared.billing.promotions.codes import normal

    named = [normal(code) or code for code in typed]
    return cart._replace(promotion_codes=list(dict.fromkeys([*cart.promotion_codes, *named])))
