"""Which promotions a purchase gets. Pure: the same offers and goods give the same answer in cart, check, preview and checkout.

Those that are stackable go together; any other stands alone. Of all that is possible the buyer gets what takes most off, whether it
was typed or applies by itself. In which order those that go together are taken is the pricing function's rule
(`shared.pricing.discounts`): percentages, then amounts, each in the order in which the promotions were made.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from shared.billing.promotions.decisions import Decision, Fallen
from shared.billing.promotions.offers import Offer, Purpose, Reason, objection
from shared.kernel.money import Money
from shared.pricing.discounts import Discounts, discounts


class Goods(NamedTuple):
    """A line of a purchase: its `key`, what it costs (minor units, as entered), and the ids that promotions may name it by: its
    product and the categories that hold it, or its service, or its plan."""

    key: str
    amount: int
    known_as: frozenset[UUID]


class _Candidate(NamedTuple):
    offer: Offer
    only: frozenset[str] | None


class _Choice(NamedTuple):
    candidates: tuple[_Candidate, ...]
    outcome: Discounts
    over_budget: frozenset[str]

    @property
    def total(self) -> int:
        return sum(self.outcome.promotions.values())


def decide(
    offers: Sequence[Offer],
    goods: Sequence[Goods],
    codes: Sequence[str],
    *,
    currency: str,
    now: datetime,
    purpose: Purpose = "orders",
) -> Decision:
    """What `goods` get of `offers`; `codes` are what was typed, in their normal form and order."""
    candidates: dict[str, _Candidate] = {}
    fallen: dict[str, Fallen] = {}
    by_code = {offer.code: offer for offer in offers if offer.code is not None}
    named = [(code, by_code.get(code)) for code in dict.fromkeys(codes)]
    for code, offer in [*named, *((None, offer) for offer in offers if offer.code is None)]:
        found = _look_at(offer, goods, code, currency, now, purpose)
        if isinstance(found, _Candidate):
            if found.offer.key not in candidates:
                candidates[found.offer.key] = found
            elif code is not None:
                fallen[code] = Fallen(code, Reason.NOT_COMBINED)
        elif code is not None:
            fallen[code] = found
    chosen, over_budget = _best(list(candidates.values()), goods, currency)
    kept = {each.offer.key for each in chosen.candidates}
    for key, candidate in candidates.items():
        lost = candidate.offer.code
        if lost is not None and key not in kept:
            reason = Reason.EXHAUSTED if key in over_budget else Reason.NOT_COMBINED
            fallen[lost] = Fallen(lost, reason)
    return Decision(
        offers=tuple(each.offer for each in chosen.candidates),
        discounts=tuple(each.offer.discount(each.only, currency) for each in chosen.candidates),
        given=chosen.outcome.promotions,
        fallen=tuple(fallen[code] for code in dict.fromkeys(codes) if code in fallen),
    )


def heard_of(
    offers: Sequence[Offer], code: str, *, now: datetime, purpose: Purpose = "orders"
) -> Fallen | None:
    """Why a code (in its normal form) gives nothing, whatever is bought; None when it depends on that."""
    offer = next((each for each in offers if each.code == code), None)
    reason = objection(offer, purpose, now) if offer else Reason.UNKNOWN
    return Fallen(code, reason) if reason else None


def _look_at(
    offer: Offer | None,
    goods: Sequence[Goods],
    code: str | None,
    currency: str,
    now: datetime,
    purpose: Purpose,
) -> _Candidate | Fallen:
    said = code or ""
    if offer is None:
        return Fallen(said, Reason.UNKNOWN)
    if reason := objection(offer, purpose, now):
        return Fallen(said, reason)
    meant = [each for each in goods if not offer.targets or each.known_as & offer.targets]
    worth = sum(each.amount for each in meant)
    if worth == 0:
        return Fallen(said, Reason.NOT_APPLICABLE)
    if offer.minimum_amount is not None and worth < offer.minimum_amount:
        return Fallen(said, Reason.NOT_APPLICABLE, Money(offer.minimum_amount, currency))
    return _Candidate(offer, frozenset(each.key for each in meant) if offer.targets else None)


def _best(
    candidates: Sequence[_Candidate], goods: Sequence[Goods], currency: str
) -> tuple[_Choice, frozenset[str]]:
    """What takes most off, and which of all have too little left in their budgets. Of two that take as much off, the first: what
    goes together, then what was typed, then what was made earlier."""
    together = [each for each in candidates if each.offer.stackable]
    alone = sorted(
        (each for each in candidates if not each.offer.stackable),
        key=lambda each: (each.offer.code is None, each.offer.id),
    )
    choices = [_fitted(group, goods, currency) for group in (together, *([each] for each in alone))]
    best = max(choices, key=lambda choice: choice.total)
    return best, frozenset[str]().union(*(choice.over_budget for choice in choices))


def _fitted(group: Iterable[_Candidate], goods: Sequence[Goods], currency: str) -> _Choice:
    """The group without those that give nothing beside the others, or more than is left of their budget: all or nothing."""
    # What applies by itself gives way before what was typed.
    left = sorted(group, key=lambda each: (each.offer.code is not None, each.offer.id))
    dropped: set[str] = set()
    while True:
        outcome = discounts(
            {each.key: each.amount for each in goods},
            [each.offer.discount(each.only, currency) for each in left],
        )
        over = [each for each in left if _over_budget(each.offer, outcome.promotions[each.offer.key])]
        if over:
            dropped.add(over[0].offer.key)
            left.remove(over[0])
            continue
        useless = [each for each in left if outcome.promotions[each.offer.key] == 0]
        left = [each for each in left if each not in useless]
        return _Choice(
            tuple(sorted(left, key=lambda each: each.offer.id)),
            Discounts(outcome.lines, {key: given for key, given in outcome.promotions.items() if given}),
            frozenset(dropped),
        )


def _over_budget(offer: Offer, given: int) -> bool:
    return offer.budget_amount is not None and offer.spent_amount + given > offer.budget_amount
