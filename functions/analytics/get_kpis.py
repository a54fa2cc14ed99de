"""GET /v1/admin/analytics/kpis — revenue, orders, average order, conversion, new customers, abandoned and recovered, with the period before."""

from datetime import date
from typing import Annotated

from pydantic import BeforeValidator, ConfigDict, Field

from shared.analytics.kpis import Kpis, average, kpis, share
from shared.analytics.periods import Period, PeriodInvalid, period
from shared.cart.recovery.figures import Group, RecoveryFigures
from shared.identity.callers import Staff
from shared.kernel.money import Money
from shared.orders.figures import Sales
from shared.platform.doors import endpoint
from shared.platform.models import Query, Response
from shared.platform.work import Work


def _written_out(value: object) -> object:
    # pydantic would take a number for days since 1970.
    if not isinstance(value, str) or len(value) != len("2026-11-20"):
        raise ValueError("a day is written like 2026-11-20")
    return value


type Day = Annotated[date, Field(strict=False), BeforeValidator(_written_out)]


class AskForKpis(Query):
    """Days of the brand's time zone, both included: today and the 29 days before it unless they say otherwise, 731 at most."""

    first: Day | None = Field(None, alias="from")
    last: Day | None = Field(None, alias="to")


class Days(Response):
    """Days of the brand's time zone, both included."""

    model_config = ConfigDict(
        extra="forbid", serialize_by_alias=True, validate_by_name=True, validate_by_alias=True
    )

    first: date = Field(alias="from")
    last: date = Field(alias="to")
    days: int


class CartGroup(Response):
    """Carts that were left, goods for how much in them, those of them that were bought after all, and for how much."""

    carts: int
    amount: Money
    recovered: int
    revenue: Money


class Recovery(Response):
    """Carts left for the first time in the period, whenever they were bought. `incremental_revenue`: what the mails have brought beyond
    what the group that gets none (`held_out`) shows would have come anyway; null without such a group."""

    mailed: CartGroup
    held_out: CartGroup
    unreachable: CartGroup
    by_link: CartGroup
    incremental_revenue: Money | None


class CurrencyFigures(Response):
    """Money in one currency, tax included. `revenue = gross_revenue - refunded`: orders paid in the period, less what went back in it,
    whenever it had been paid. `average_order_value` is before refunds; null without orders."""

    currency: str
    revenue: Money
    gross_revenue: Money
    refunded: Money
    orders: int
    average_order_value: Money | None
    abandoned_carts: int
    abandoned_revenue: Money
    recovered_carts: int
    recovered_revenue: Money
    recovery: Recovery


class PeriodFigures(CurrencyFigures):
    """A period's figures, in the brand's currency; orders in others stand apart, in `other_currencies`. `conversion_rate` is the share of
    the `carts` begun in the period, and not left empty, that were paid; null without carts."""

    period: Days
    carts: int
    converted_carts: int
    conversion_rate: float | None
    new_customers: int
    other_currencies: list[CurrencyFigures]


class KpiReport(Response):
    """`current` beside `previous`, as many days just before. `change` is relative (0.25: a quarter more), null where there was nothing."""

    timezone: str
    current: PeriodFigures
    previous: PeriodFigures
    change: dict[str, float | None]


def get_kpis(ask: AskForKpis, caller: Staff, work: Work) -> KpiReport:
    asked = period(ask.first, ask.last, work.brand.timezone, work.now)
    current, previous = (_figures(each, kpis(work, each)) for each in (asked, asked.before))
    return KpiReport(
        timezone=work.brand.timezone, current=current, previous=previous, change=_change(current, previous)
    )


def _figures(of: Period, found: Kpis) -> PeriodFigures:
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


def _change(current: PeriodFigures, previous: PeriodFigures) -> dict[str, float | None]:
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


handler = endpoint(
    "GET", "/v1/admin/analytics/kpis", get_kpis, needs="analytics:read", refuses=[PeriodInvalid]
)
