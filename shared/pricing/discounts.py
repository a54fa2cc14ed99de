"""Discounts: what promotions take off each line, to the cent. Whether a promotion may be used is decided before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shared.kernel.money import Money
from shared.pricing.allotment import allot, half_up

WHOLE = 10_000


@dataclass(frozen=True, slots=True)
class PercentageOff:
    """`basis_points` (1 to 10,000 = 100 %) off the lines of `only` (keys of lines), or off all when it is None."""

    code: str
    basis_points: int
    only: frozenset[str] | None = None

    def __post_init__(self) -> None:
        if not 0 < self.basis_points <= WHOLE:
            raise ValueError("a percentage lies above 0 and is at most 100")


@dataclass(frozen=True, slots=True)
class AmountOff:
    """`amount` off the lines of `only` together, or off all when it is None; never more than they cost."""

    code: str
    amount: Money
    only: frozenset[str] | None = None

    def __post_init__(self) -> None:
        if self.amount.amount <= 0:
            raise ValueError("a discount is a positive amount")


Promotion = PercentageOff | AmountOff


@dataclass(frozen=True, slots=True)
class Discounts:
    """`lines`: what each line loses, by its key; `promotions`: what each code gave. Minor units; both have one sum."""

    lines: Mapping[str, int]
    promotions: Mapping[str, int]


def discounts(amounts: Mapping[str, int], promotions: Sequence[Promotion]) -> Discounts:
    """Apply `promotions` to the lines' entered `amounts` (minor units).

    Percentages come before fixed amounts, each in the order of its code and on what the earlier ones left, so that the
    order in which codes were typed changes nothing. Codes are unique.
    """
    left = dict(amounts)
    given: dict[str, int] = {}
    for promotion in sorted(promotions, key=lambda p: (isinstance(p, AmountOff), p.code)):
        only = promotion.only
        base = {key: amount for key, amount in left.items() if only is None or key in only}
        total = sum(base.values())
        if isinstance(promotion, PercentageOff):
            off = half_up(total * promotion.basis_points, WHOLE)
        else:
            off = min(promotion.amount.amount, total)
        for key, share in allot(off, base).items():
            left[key] -= share
        given[promotion.code] = given.get(promotion.code, 0) + off
    return Discounts({key: amounts[key] - left[key] for key in amounts}, given)
