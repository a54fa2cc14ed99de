"""invoice.filed: the mail that leads to the document."""

from functions.orders.on_invoice_filed import handler
from tests.functions.orders.conftest import Desk
from tests.gateway import batch
from tests.invoicing import Back
from tests.mailbox import mails


def test_each_document_is_mailed_once(desk: Desk, back: Back) -> None:
    bought = desk.paid()
    bought.refund(lines=bought.line())
    back.follow(times=2)
    told = mails(desk.brand, "invoice_ready")
    assert sorted(mail.variables["kind"] for mail in told) == ["credit_note", "invoice"]
    assert {mail.to for mail in told} == {bought.now.email}


def test_a_document_of_no_order_is_mailed_by_whoever_sells_it(desk: Desk, back: Back) -> None:
    desk.paid()
    back.follow()
    desk.bus.relay()
    [told] = desk.bus.of("invoice.filed")
    other = told | {"id": "01932f00-0000-7000-8000-00000000000f", "data": told["data"] | {"order_id": None}}
    assert handler(batch([other]), None) == {"batchItemFailures": []}
    assert len(mails(desk.brand, "invoice_ready")) == 1
