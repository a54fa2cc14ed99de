"""Which of a variant's prices is in force, and the prior price of a reduction."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple, Self

# Directive 98/6/EC, article 6a (2): the prior price is the lowest of a period not shorter than this before the reduction.
PRIOR_PERIOD = timedelta(days=30)


class Price(NamedTuple):
    """One price of a variant, in minor units. Without dates it is the regular one; with dates it is a sale."""

    currency: str
    amount: int
    compare_at: int | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> Self:
        """A price as a listing's card and `variants` read it (JSON)."""
        if len(stored) == 2:
            return cls(stored["currency"], stored["amount"])
        return cls(
            stored["currency"],
            stored["amount"],
            stored.get("compare_at"),
            _moment(stored.get("starts_at")),
            _moment(stored.get("ends_at")),
        )

    @property
    def is_sale(self) -> bool:
        """Whether it has dates."""
        return self.starts_at is not None or self.ends_at is not None

    def in_force(self, now: datetime) -> bool:
        """Whether `now` lies within its dates: the start belongs to them, the end does not."""
        return (self.starts_at is None or self.starts_at <= now) and (
            self.ends_at is None or now < self.ends_at
        )


class Period(NamedTuple):
    """A time in which a price was (or will be) to be had, from `since` on and before `until`, in minor units. `announced`: as a
    reduction, that is a sale, or compared with a higher price."""

    currency: str
    amount: int
    announced: bool
    since: datetime
    until: datetime | None = None

    @classmethod
    def read(cls, stored: Sequence[Any]) -> Self:
        """A period as `catalog.reduced_periods` writes it (JSON)."""
        currency, amount, announced, since, until = stored
        return cls(currency, amount, announced, datetime.fromisoformat(since), _moment(until))

    def holds(self, moment: datetime) -> bool:
        """Whether the price is to be had at `moment`."""
        return self.since <= moment and (self.until is None or moment < self.until)


class Offer(NamedTuple):
    """What a variant costs now, and the higher price it is compared with, in minor units."""

    amount: int
    compare_at: int | None


def offer(prices: Iterable[Price], currency: str, now: datetime) -> Offer | None:
    """What to pay in `currency`: the lowest price in force, None when there is none (not sold in it).

    A sale is compared with the regular price unless it names a higher one; a price that is not higher is none.
    """
    chosen: Price | None = None
    regular: Price | None = None
    for price in prices:
        if price.currency != currency or not price.in_force(now):
            continue
        if not price.is_sale:
            regular = price
        if chosen is None or price.amount < chosen.amount:
            chosen = price
    if chosen is None:
        return None
    candidates = [chosen.compare_at or 0]
    if chosen.is_sale and regular:
        candidates += [regular.amount, regular.compare_at or 0]
    highest = max(candidates)
    return Offer(chosen.amount, highest if highest > chosen.amount else None)


def prior_price(periods: Iterable[Period], currency: str, now: datetime) -> int | None:
    """The lowest price of the 30 days before the present reduction; None when the price is not reduced, or had none before.

    The reduction begins when the present price is first announced, and anew when a lower one has ended since: what was to be
    had for less a week ago was not dearer before.
    """
    known = [period for period in periods if period.currency == currency]
    present = [period for period in known if period.holds(now)]
    lowest = min((period.amount for period in present), default=None)
    announced = [period.since for period in present if period.announced and period.amount == lowest]
    if lowest is None or not announced:
        return None
    begun = min(announced)
    lower = [period.until for period in known if period.amount < lowest and period.until]
    begun = max([begun, *(until for until in lower if until <= now)])
    opened = begun - PRIOR_PERIOD
    return min(
        (each.amount for each in known if each.since < begun and (each.until is None or each.until > opened)),
        default=None,
    )


def tax_included(settings: Mapping[str, Any]) -> bool:
    """Whether a brand enters its prices with tax: its setting `tax`, which `pricing.vat.TaxRules` reads whole."""
    return bool((settings.get("tax") or {}).get("prices_include_tax", True))


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
