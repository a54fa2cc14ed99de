"""GET /v1/admin/analytics/kpis — revenue, orders, average order, conversion, new customers, abandoned and recovered, with the period before."""

from datetime import date
from typing import Annotated

from pydantic import BeforeValidator, Field

from shared.analytics.kpis import kpis
from shared.analytics.periods import PeriodInvalid, period
from shared.analytics.reporting import change, figures
from shared.analytics.shapes import KpiReport
from shared.identity.callers import Staff
from shared.platform.doors import endpoint
from shared.platform.models import Query
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


def get_kpis(ask: AskForKpis, caller: Staff, work: Work) -> KpiReport:
    asked = period(ask.first, ask.last, work.brand.timezone, work.now)
    current, previous = (figures(each, kpis(work, each)) for each in (asked, asked.before))
    return KpiReport(
        timezone=work.brand.timezone, current=current, previous=previous, change=change(current, previous)
    )


handler = endpoint(
    "GET", "/v1/admin/analytics/kpis", get_kpis, needs="analytics:read", refuses=[PeriodInvalid]
)
