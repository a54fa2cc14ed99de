"""What a refund gives back, to the cent: goods, shipping, tax and discount move together. Pure; minor units, tax included.

Everything that was sold is a `Part`: a line, or the shipping taxed at one rate. A refund takes from parts; a part's tax and
discount follow from how much of it has gone back in all, so that it makes no difference in how many steps or in which order, and
the last step takes what rounding left.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from shared.kernel.refusals import Invalid, NotFound, Refusal
from shared.pricing.allotment import allot, half_up


class NothingLeftToRefund(Refusal):
    """All that was paid has been given back already, or is about to be."""


class RefundTooLarge(Refusal):
    """More would be given back than is left; what is left is in refundable."""


class ItemNotInOrder(NotFound):
    """There is no such line in this order."""


class UnitsNotLeft(Refusal):
    """More units would be given back than are left of this line; what is left is in left."""


class RestockNeedsLines(Invalid):
    """Name the lines whose units go back into stock, or give everything back."""


@dataclass(frozen=True, slots=True)
class Part:
    """Something that was sold for `gross`, `tax` of it tax, after a `discount`. `returned` units and `refunded` of it have gone
    back already, or are about to. Shipping has no units."""

    key: str
    gross: int
    tax: int
    discount: int
    basis_points: int
    quantity: int = 0
    refunded: int = 0
    returned: int = 0

    @property
    def left(self) -> int:
        """What may still go back."""
        return self.gross - self.refunded

    @property
    def units_left(self) -> int:
        """How many units may still come back."""
        return self.quantity - self.returned

    def worth(self, units: int) -> int:
        """What the next `units` are worth, the last one with what rounding left, less what has gone back of them already."""
        before, after = self.returned, self.returned + units
        value = half_up(self.gross * after, self.quantity) - half_up(self.gross * before, self.quantity)
        return min(value, self.left)

    def share(self, amount: int, units: int = 0) -> "Share":
        """The share of `amount` (at most what is left), with its tax and discount."""
        return Share(
            key=self.key,
            quantity=units,
            gross=amount,
            tax=self._of(self.tax, self.refunded + amount) - self._of(self.tax, self.refunded),
            discount=self._of(self.discount, self.refunded + amount) - self._of(self.discount, self.refunded),
            basis_points=self.basis_points,
        )

    def _of(self, whole: int, gross: int) -> int:
        # Tax is at most the gross, so it never grows faster: no share has more tax than money in it.
        return half_up(whole * gross, self.gross) if self.gross else 0


@dataclass(frozen=True, slots=True)
class Share:
    """What a refund takes from one part; `quantity` units come back with it."""

    key: str
    quantity: int
    gross: int
    tax: int
    discount: int
    basis_points: int

    @property
    def net(self) -> int:
        """Without tax."""
        return self.gross - self.tax


@dataclass(frozen=True, slots=True)
class Composition:
    """What one refund consists of. `surplus` was paid above the order's total, and is no price of anything."""

    shares: tuple[Share, ...]
    surplus: int = 0

    @property
    def amount(self) -> int:
        """What goes back."""
        return self.surplus + sum(share.gross for share in self.shares)

    @property
    def tax_lines(self) -> dict[int, tuple[int, int]]:
        """Net and tax by rate (basis points)."""
        lines: dict[int, tuple[int, int]] = {}
        for share in self.shares:
            net, tax = lines.get(share.basis_points, (0, 0))
            lines[share.basis_points] = (net + share.net, tax + share.tax)
        return lines


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to go back: units by line; `shipping`, at most so much of it; an `amount` instead of what all that is worth, or
    of everything. Nothing named means everything."""

    lines: Mapping[str, int] | None = None
    shipping: int | None = None
    amount: int | None = None
    restock: bool = False

    @property
    def names_parts(self) -> bool:
        """Whether it says which parts."""
        return self.lines is not None or self.shipping is not None


def compose(parts: Sequence[Part], surplus: int, most: int, wish: Wish) -> Composition:
    """The refund that is wished for, of at most `most`: what was paid and is still here. `surplus` of that was paid too much.

    Raises NothingLeftToRefund, RefundTooLarge, ItemNotInOrder, UnitsNotLeft, RestockNeedsLines.
    """
    if most <= 0:
        raise NothingLeftToRefund(refundable=0)
    if wish.amount is not None and wish.amount > most:
        raise RefundTooLarge(refundable=most)
    if wish.names_parts:
        return _of_parts(parts, most, wish)
    amount = most if wish.amount is None else wish.amount
    if amount == most:
        return _everything(parts, min(surplus, most), most)
    if wish.restock:
        raise RestockNeedsLines
    return spread(parts, surplus, amount)


def spread(parts: Sequence[Part], surplus: int, amount: int) -> Composition:
    """`amount`, out of the surplus first and then out of all parts alike; what exceeds them counts as surplus."""
    first = min(surplus, amount)
    whole = sum(part.left for part in parts)
    goods = min(amount - first, whole)
    shares = allot(goods, {part.key: part.left for part in parts})
    return Composition(_shares(parts, shares, {}), amount - goods)


def _everything(parts: Sequence[Part], surplus: int, most: int) -> Composition:
    spreads = spread(parts, surplus, most)
    units = {part.key: part.units_left for part in parts}
    return Composition(
        _shares(parts, {share.key: share.gross for share in spreads.shares}, units), spreads.surplus
    )


def _of_parts(parts: Sequence[Part], most: int, wish: Wish) -> Composition:
    by_key = {part.key: part for part in parts}
    worth: dict[str, int] = {}
    for key, units in (wish.lines or {}).items():
        part = by_key.get(key)
        if part is None or not part.quantity:
            raise ItemNotInOrder(item_id=key)
        if units > part.units_left:
            raise UnitsNotLeft(item_id=key, left=part.units_left)
        worth[key] = part.worth(units)
    if wish.shipping:
        sent = {part.key: part.left for part in parts if not part.quantity}
        worth |= allot(min(wish.shipping, sum(sent.values())), sent)
    whole = sum(worth.values())
    amount = whole if wish.amount is None else wish.amount
    if whole == 0:
        raise NothingLeftToRefund(refundable=0)
    if amount > min(whole, most):
        raise RefundTooLarge(refundable=min(whole, most))
    return Composition(_shares(parts, allot(amount, worth), wish.lines or {}))


def cut(parts: Sequence[Part], whole: Composition, amounts: Sequence[int]) -> list[Composition]:
    """`whole` in pieces of these `amounts`, which sum to it: when no single payment can give it all back."""
    pieces: list[Composition] = []
    surplus, left = whole.surplus, {share.key: share.gross for share in whole.shares}
    units = {share.key: share.quantity for share in whole.shares}
    now = list(parts)
    for amount in amounts:
        first = min(surplus, amount)
        taken = allot(amount - first, left)
        piece = Composition(_shares(now, taken, units), first)
        surplus, units = surplus - first, {}
        left = {key: held - taken[key] for key, held in left.items()}
        now = [replace(part, refunded=part.refunded + taken.get(part.key, 0)) for part in now]
        pieces.append(piece)
    return pieces


def _shares(parts: Sequence[Part], amounts: Mapping[str, int], units: Mapping[str, int]) -> tuple[Share, ...]:
    shares = (part.share(amounts.get(part.key, 0), units.get(part.key, 0)) for part in parts)
    return tuple(share for share in shares if share.gross or share.quantity)


def over_limit(limit: int, given: int, amount: int) -> bool:
    """Whether `amount` more would bring what was `given` on an order above what a manager may give."""
    return given + amount > limit
