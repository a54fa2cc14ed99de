"""Issuing: a draft gets its number as soon as the brand has said who sells; what is issued never changes."""

from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

from shared.billing.invoices import store
from shared.billing.invoices.events import InvoiceIssuedV1, InvoicesWaitingV1
from shared.billing.invoices.records import Contents, Seller, Status
from shared.billing.invoices.seller import SellerDetailsMissing, seller_of
from shared.kernel.money import Money
from shared.platform.work import Work

SERIES = {"invoice": "INV", "credit_note": "CN"}
FIRST = UUID(int=0)
# Each holds the brand's series until the commit.
_AT_ONCE = 100


def today(work: Work) -> date:
    """The day in the brand's own time."""
    return work.now.astimezone(ZoneInfo(work.brand.timezone)).date()


def write(work: Work, contents: Contents) -> UUID | None:
    """Write a document and issue it, or leave it a draft while the seller's details are missing: its id.

    None when there is one of this order (or refund) already. Call it as the last thing of a story.
    """
    invoice_id = store.add_draft(work, contents)
    if invoice_id is not None:
        try:
            _issue(work, invoice_id, seller_of(work))
        except SellerDetailsMissing:
            return invoice_id
    return invoice_id


def issue_waiting(work: Work, after: UUID = FIRST) -> int:
    """Issue the drafts behind one, the oldest first, and have the next ones follow: how many. None while details are missing."""
    try:
        seller = seller_of(work)
    except SellerDetailsMissing:
        return 0
    waiting = store.drafts(work, after, _AT_ONCE)
    issued = 0
    for each in waiting:
        issued += _issue(work, each, seller)
        # Ids given in one millisecond are in no order: what corrects a document follows it here.
        issued += sum(_issue(work, note, seller) for note in store.drafts_correcting(work, each))
    if len(waiting) == _AT_ONCE:
        work.tell(InvoicesWaitingV1(after=waiting[-1]), key=str(work.brand.id))
    return issued


def _issue(work: Work, invoice_id: UUID, seller: Seller) -> bool:
    draft = store.lock_draft(work, invoice_id)
    if draft is None:
        return False
    if draft.corrects_id is not None and not _credit(work, draft.corrects_id, draft.total_amount):
        return False
    settled = draft.kind == "credit_note" or draft.paid_amount >= draft.total_amount
    number = store.issue(
        work,
        invoice_id,
        series=SERIES[draft.kind],
        today=today(work),
        seller=seller,
        status=Status.PAID if settled else Status.SENT,
    )
    work.tell(
        InvoiceIssuedV1(
            invoice_id=invoice_id,
            kind=draft.kind,
            number=number,
            order_id=draft.order_id,
            total=Money(draft.total_amount, draft.currency),
        ),
        key=str(draft.order_id or invoice_id),
    )
    return True


def _credit(work: Work, invoice_id: UUID, amount: int) -> bool:
    """Note on an invoice that so much is taken off it; False while it has no number, which its credit note must name."""
    corrected = store.lock_issued(work, invoice_id)
    if corrected is None:
        return False
    if store.credited(work, invoice_id) + amount >= corrected.total_amount:
        store.move(work, invoice_id, Status.REFUNDED)
    return True
