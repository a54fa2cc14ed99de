"""The figures of a period, and how they have changed, in the shapes that staff see. Pure."""

from shared.analytics.kpis import Kpis, average, share
from shared.analytics.periods import Period
from shared.analytics.shapes import CartGroup, CurrencyFigures, Days, PeriodFigures, Recovery
from shared.cart.recovery.figures import Group, RecoveryFigures
from shared.kernel.money import Money
from shared.orders.figures import Sales


def figures(of: Period, found: Kpis) -> PeriodFigures:
    """A period's figures."""
    own, *others = [_of_currency(each, found.recovery[each.currency]) for each in found.sales]
    begun = found.conversion
    return PeriodFigures(
        **{name: getattr(own, name) for name in CurrencyFigures.model_fields},
        period=Days(first=of.first, last=of.last, days=of.days),
        carts=begun.carts,
        converted_carts=begun.converted,
        conversion_rate=share(begun.converted, begun.carts),
        new_customers=found.new_customers,
        other_currencies=others,
    )


def _of_currency(sold: Sales, left: RecoveryFigures) -> CurrencyFigures:
    def money(amount: int) -> Money:
        return Money(amount, sold.currency)

    def group(of: Group) -> CartGroup:
        return CartGroup(
            carts=of.carts, amount=money(of.amount), recovered=of.recovered, revenue=money(of.revenue)
        )

    usual, more = average(sold.gross, sold.orders), left.incremental_revenue
    return CurrencyFigures(
        currency=sold.currency,
        revenue=money(sold.gross - sold.refunded),
        gross_revenue=money(sold.gross),
        refunded=money(sold.refunded),
        orders=sold.orders,
        average_order_value=None if usual is None else money(usual),
        abandoned_carts=left.abandoned.carts,
        abandoned_revenue=money(left.abandoned.amount),
        recovered_carts=left.abandoned.recovered,
        recovered_revenue=money(left.abandoned.revenue),
        recovery=Recovery(
            mailed=group(left.mailed),
            held_out=group(left.held_out),
            unreachable=group(left.unreachable),
            by_link=group(left.by_link),
            incremental_revenue=None if more is None else money(more),
        ),
    )


def change(current: PeriodFigures, previous: PeriodFigures) -> dict[str, float | None]:
    """How each figure has changed, relative to the period before."""
    names = (
        "revenue",
        "orders",
        "average_order_value",
        "conversion_rate",
        "new_customers",
        "abandoned_revenue",
        "recovered_revenue",
    )
    return {name: _relative(getattr(current, name), getattr(previous, name)) for name in names}


def _relative(now: Money | float | None, then: Money | float | None) -> float | None:
    if now is None or then is None:
        return None
    left, right = (each.amount if isinstance(each, Money) else each for each in (now, then))
    return round((left - right) / right, 4) if right > 0 else None
