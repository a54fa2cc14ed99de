"""GET /v1/me/stats — what the account has done so far."""

from datetime import datetime

from shared.identity.account_figures import figures_of
from shared.identity.callers import Member
from shared.identity.customers import same_person
from shared.kernel.money import Money
from shared.orders.purchases import purchases_of
from shared.platform.doors import endpoint
from shared.platform.models import Response
from shared.platform.work import Work


class OrderFigures(Response):
    """`spent` counts paid orders, by currency."""

    placed: int
    paid: int
    spent: list[Money]
    last_at: datetime | None


class InvestmentFigures(Response):
    """Paid investments; the amount in the brand's currency."""

    count: int
    invested: Money


class AccountStats(Response):
    """The usage of the account. Orders placed as a guest under the proved address count, too."""

    member_since: datetime
    last_seen_at: datetime | None
    sessions: int
    addresses: int
    orders: OrderFigures
    investments: InvestmentFigures


def get_account_stats(caller: Member, work: Work) -> AccountStats:
    figures = figures_of(work, caller.user_id, caller.customer_id)
    records = same_person(work, caller.customer_id) if caller.customer_id else []
    bought = purchases_of(work, records, latest=0)
    return AccountStats(
        member_since=figures.created_at,
        last_seen_at=figures.last_seen_at,
        sessions=figures.sessions,
        addresses=figures.addresses,
        orders=OrderFigures(
            placed=bought.orders, paid=bought.paid, spent=bought.spent, last_at=bought.last_at
        ),
        investments=InvestmentFigures(
            count=figures.investments, invested=Money(figures.invested, work.brand.currency)
        ),
    )


handler = endpoint("GET", "/v1/me/stats", get_account_stats)
