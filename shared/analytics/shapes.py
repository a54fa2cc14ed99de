"""What a shop is led by, as staff see it."""

from datetime import date

from pydantic import ConfigDict, Field

from shared.kernel.money import Money
from shared.platform.models import Response


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
