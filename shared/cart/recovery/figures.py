"""What comes of recovery: carts left in a time, and how many of them were bought after all, with mails and without."""

from datetime import datetime
from typing import NamedTuple

from shared.platform.work import Work

_FIGURES = """
    SELECT a.currency::text AS currency, a.held_out, count(*)::int AS carts, sum(a.first_amount)::bigint AS amount,
           count(*) FILTER (WHERE c.status = 'converted')::int AS bought,
           coalesce(sum(c.paid_amount) FILTER (WHERE c.status = 'converted'), 0)::bigint AS revenue,
           count(*) FILTER (WHERE c.status = 'converted' AND a.recovered_at IS NOT NULL)::int AS by_link,
           coalesce(sum(c.paid_amount) FILTER (WHERE c.status = 'converted' AND a.recovered_at IS NOT NULL), 0)::bigint
               AS link_revenue
      FROM cart.cart_abandonments a JOIN cart.carts c ON c.brand_id = a.brand_id AND c.id = a.cart_id
     WHERE a.first_at >= %(since)s AND a.first_at < %(until)s
     GROUP BY 1, 2 ORDER BY 1
"""


class Group(NamedTuple):
    """Carts that were left, with goods for how much; those of them that became paid orders, and for how much (minor units)."""

    carts: int = 0
    amount: int = 0
    recovered: int = 0
    revenue: int = 0

    def plus(self, other: "Group") -> "Group":
        """Both together."""
        return Group(*(one + another for one, another in zip(self, other, strict=True)))


class RecoveryFigures(NamedTuple):
    """Of one currency: `abandoned` are all carts, which are `mailed`, `held_out` by lot, or `unreachable` (no address, or a no).
    Mailed are those that were to be, whether or not they came back before the first mail: only so the groups compare.
    `by_link`: the mailed ones whose buyers came back by a mail's link."""

    currency: str
    abandoned: Group
    mailed: Group
    held_out: Group
    unreachable: Group
    by_link: Group

    @property
    def incremental_revenue(self) -> int | None:
        """What the mails have brought beyond what would have come without them (minor units); None when nobody was held out."""
        if not self.held_out.carts:
            return None
        # Half up, for losses, too.
        unmailed = 2 * self.mailed.carts * self.held_out.revenue + self.held_out.carts
        return self.mailed.revenue - unmailed // (2 * self.held_out.carts)


def recovery_figures(work: Work, since: datetime, until: datetime) -> list[RecoveryFigures]:
    """The figures of carts that were left for the first time from `since` on and before `until`, whenever they were bought."""
    by_currency: dict[str, dict[bool | None, Group]] = {}
    links: dict[str, Group] = {}
    for row in work.all(_FIGURES, since=since, until=until):
        group = Group(row.carts, row.amount, row.bought, row.revenue)
        by_currency.setdefault(row.currency, {})[row.held_out] = group
        came = Group(0, 0, row.by_link, row.link_revenue)
        links[row.currency] = links.get(row.currency, Group()).plus(came)
    return [_figures(currency, groups, links[currency]) for currency, groups in sorted(by_currency.items())]


def _figures(currency: str, groups: dict[bool | None, Group], by_link: Group) -> RecoveryFigures:
    mailed, spared, unreachable = (groups.get(held_out, Group()) for held_out in (False, True, None))
    everybody = mailed.plus(spared).plus(unreachable)
    return RecoveryFigures(currency, everybody, mailed, spared, unreachable, by_link)
