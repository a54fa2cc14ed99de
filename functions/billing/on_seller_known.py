"""brand_settings.changed, invoices.waiting — issue the drafts that waited for the seller's details, the oldest first."""

from shared.administration.events import BrandSettingsChangedV1
from shared.billing.invoices.events import InvoicesWaitingV1
from shared.billing.invoices.issuing import issue_waiting
from shared.platform.doors import consumer
from shared.platform.work import Work

_SECTION = "seller"


def on_seller_known(fact: BrandSettingsChangedV1 | InvoicesWaitingV1, work: Work) -> None:
    match fact:
        case InvoicesWaitingV1():
            issue_waiting(work, fact.after)
        case BrandSettingsChangedV1() if _SECTION in fact.names:
            issue_waiting(work)


handler = consumer(on_seller_known, listens=[BrandSettingsChangedV1, InvoicesWaitingV1])
