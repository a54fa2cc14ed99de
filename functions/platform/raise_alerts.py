"""Every 5 minutes — raise alerts on what is wrong (endpoints, events, jobs, dead letters, stock, money), resolve those that are over."""

from collections.abc import Iterator

from shared.billing import books
from shared.inventory import shortages
from shared.platform import alert_rules, alerting
from shared.platform.alerts import Finding
from shared.platform.doors import job
from shared.platform.work import Work


def stock(work: Work) -> Iterator[Finding]:
    """Variants at or below the threshold that staff have set."""
    for row in shortages.short(work):
        seen = {"low": row.low, "gone": row.gone, "variants": row.variants}
        if row.gone:
            text = "Some variants with a stock threshold have nothing left."
            yield Finding(row.brand_id, "stock.out", "inventory", "critical", text, seen)
        if row.low > row.gone:
            text = "Some variants are at or below their stock threshold."
            yield Finding(row.brand_id, "stock.low", "inventory", "warning", text, seen)


def money(work: Work) -> Iterator[Finding]:
    """Money that our books and the providers' have differently."""
    for row in books.unmatched(work):
        seen = {"items": row.items, "oldest": row.oldest.isoformat()}
        text = "Money at a payment provider is no payment or refund of ours, or another amount of it; see billing.unmatched_money."
        yield Finding(row.brand_id, "money.unmatched", "billing", "critical", text, seen)


RULES = (alert_rules.endpoints, alert_rules.events, alert_rules.jobs, stock, money)


def raise_alerts() -> tuple[int, int]:
    return alerting.look(RULES)


handler = job("raise_alerts", raise_alerts, every="5 minutes")
