"""A promotion as it stands for one buyer: what it gives, its conditions, and how much of it has been used. Pure."""

from datetime import datetime
from enum import StrEnum
from typing import Literal, NamedTuple
from uuid import UUID

from shared.kernel.money import Money
from shared.pricing.discounts import AmountOff, PercentageOff
from shared.pricing.discounts import Promotion as Discount

type AppliesTo = Literal["orders", "first_payment", "renewals", "both"]
type Purpose = Literal["orders", "first_payment", "renewals"]


class Reason(StrEnum):
    """Why a code gives nothing. `not_combined`: others, that it does not go together with, give more."""

    UNKNOWN = "unknown"
    INACTIVE = "inactive"
    NOT_STARTED = "not_started"
    EXPIRED = "expired"
    EXHAUSTED = "exhausted"
    NOT_APPLICABLE = "not_applicable"
    ALREADY_USED = "already_used"
    NOT_COMBINED = "not_combined"


class Offer(NamedTuple):
    """A promotion that a buyer has named by `code`, or (None) that applies by itself, and its terms in their currency.

    `targets`: what it is for, products, categories, services and plans alike; empty means everything. What an order that
    the buyer may still replace has used is not counted: `uses`, `spent_amount`, `code_used` and `used_by_buyer` are of others.
    """

    id: UUID
    name: str
    code: str | None
    type: str
    basis_points: int | None
    applies_to: str
    targets: frozenset[UUID]
    starts_at: datetime
    ends_at: datetime | None
    is_active: bool
    stackable: bool
    new_customers_only: bool
    max_uses: int | None
    max_uses_per_user: int | None
    uses: int
    code_used: bool
    used_by_buyer: int
    is_known_buyer: bool
    has_terms: bool
    off_amount: int | None
    minimum_amount: int | None
    budget_amount: int | None
    spent_amount: int

    @property
    def key(self) -> str:
        """What it is called among the discounts of a price."""
        return self.id.hex

    @property
    def uses_per_buyer(self) -> int | None:
        """How often one buyer may use it. Nobody is a new customer twice, even before the first order is paid."""
        return 1 if self.new_customers_only else self.max_uses_per_user

    def discount(self, only: frozenset[str] | None, currency: str) -> Discount:
        """As the one pricing function wants it, off the lines `only`."""
        if self.basis_points is not None:
            return PercentageOff(self.key, self.basis_points, only)
        assert self.off_amount is not None
        return AmountOff(self.key, Money(self.off_amount, currency), only)


def covers(applies_to: str, purpose: Purpose) -> bool:
    """Whether a promotion that applies to this is for that: `both` is the first payment and the renewals of a subscription."""
    return applies_to == purpose or (applies_to == "both" and purpose != "orders")


def objection(offer: Offer, purpose: Purpose, now: datetime) -> Reason | None:
    """Why an offer cannot be used now by this buyer, whatever they buy; None when nothing speaks against it."""
    uses, by_buyer = offer.max_uses, offer.uses_per_buyer
    checks = (
        (not offer.is_active, Reason.INACTIVE),
        (now < offer.starts_at, Reason.NOT_STARTED),
        (offer.ends_at is not None and now >= offer.ends_at, Reason.EXPIRED),
        (not covers(offer.applies_to, purpose), Reason.NOT_APPLICABLE),
        (offer.code_used or (by_buyer is not None and offer.used_by_buyer >= by_buyer), Reason.ALREADY_USED),
        (uses is not None and offer.uses >= uses, Reason.EXHAUSTED),
        (not _holds_in_currency(offer), Reason.NOT_APPLICABLE),
        (offer.new_customers_only and offer.is_known_buyer, Reason.NOT_APPLICABLE),
    )
    return next((reason for speaks, reason in checks if speaks), None)


def _holds_in_currency(offer: Offer) -> bool:
    """Whether it has terms in the buyer's currency, if it has any: a minimum in euros says nothing about francs."""
    if offer.basis_points is None:
        return offer.off_amount is not None
    return not offer.has_terms or offer.minimum_amount is not None or offer.budget_amount is not None
