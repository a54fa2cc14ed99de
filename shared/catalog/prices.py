"""Which of a variant's prices is in force."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple, Self


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


class Offer(NamedTuple):
    """What a variant costs now, and the higher price it is compared with, in minor units."""

    amount: int
    compare_at: int | None


def offer(prices: Iterable[Price], currency: str, now: datetime) -> Offer | None:
    """What to pay in `currency`: the lowest sale in force, else the regular price, else None (not sold in it).

    A sale is compared with the price it replaces unless it names a higher one; a price that is not higher is none.
    """
    regular: Price | None = None
    sale: Price | None = None
    for price in prices:
        if price.currency != currency:
            continue
        if not price.is_sale:
            regular = price
        elif price.in_force(now) and (sale is None or price.amount < sale.amount):
            sale = price
    chosen = sale or regular
    if chosen is None:
        return None
    candidates = [chosen.compare_at or 0]
    if sale and regular:
        candidates += [regular.amount, regular.compare_at or 0]
    highest = max(candidates)
    return Offer(chosen.amount, highest if highest > chosen.amount else None)


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
