"""What was decided about a purchase's promotions. Every cart imports it, few have anything to decide: `deciding` is imported there."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from shared.billing.promotions.offers import Offer, Reason
    from shared.kernel.money import Money
    from shared.pricing.discounts import Promotion as Discount


class Fallen(NamedTuple):
    """A code that gives nothing, and why. `minimum`: what its goods must cost together, when it is for that."""

    code: str
    reason: "Reason"
    minimum: "Money | None" = None


class Decision(NamedTuple):
    """The `offers` that a purchase gets, as the `discounts` that the pricing function takes, with what each gives (minor units, by
    its key), and the codes that have `fallen`."""

    offers: "tuple[Offer, ...]" = ()
    discounts: "tuple[Discount, ...]" = ()
    given: Mapping[str, int] = {}
    fallen: tuple[Fallen, ...] = ()

    def gives(self, offer: "Offer") -> int:
        """What an offer takes off."""
        return self.given.get(offer.key, 0)


NOTHING_DECIDED = Decision()
