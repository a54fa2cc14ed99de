"""The figures that a shop is led by, of a period."""

from typing import NamedTuple

from shared.analytics.periods import Period
from shared.cart.conversion import Conversion, conversion
from shared.cart.recovery.figures import Group, RecoveryFigures, recovery_figures
from shared.identity.newcomers import new_customers
from shared.orders.figures import Sales, sales
from shared.platform.work import Work

_NOTHING = Group()


class Kpis(NamedTuple):
    """What happened in a period, by currency where it is money, the brand's own first and always there."""

    sales: list[Sales]
    recovery: dict[str, RecoveryFigures]
    conversion: Conversion
    new_customers: int


def kpis(work: Work, of: Period) -> Kpis:
    """The figures of a period."""
    since, until, own = of.since, of.until, work.brand.currency
    sold = {each.currency: each for each in sales(work, since, until)}
    left = {each.currency: each for each in recovery_figures(work, since, until)}
    currencies = sorted({own, *sold, *left}, key=lambda currency: (currency != own, currency))
    return Kpis(
        [sold.get(currency, Sales(currency, 0, 0, 0)) for currency in currencies],
        {currency: left.get(currency, _none_left(currency)) for currency in currencies},
        conversion(work, since, until),
        new_customers(work, since, until),
    )


def average(amount: int, count: int) -> int | None:
    """`amount` over `count`, half-up; None of nothing."""
    return (2 * amount + count) // (2 * count) if count else None


def share(part: int, whole: int) -> float | None:
    """A share of 1, to four places; None of nothing."""
    return round(part / whole, 4) if whole else None


def _none_left(currency: str) -> RecoveryFigures:
    return RecoveryFigures(currency, _NOTHING, _NOTHING, _NOTHING, _NOTHING, _NOTHING)
