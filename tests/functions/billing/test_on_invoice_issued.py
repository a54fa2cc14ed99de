"""invoice.issued, invoice_file.asked: the file, for people, archives and machines, and what of it a killed function leaves."""

import io
from decimal import Decimal
from typing import Any

import pytest
from pypdf import PdfReader

from functions.billing.on_invoice_issued import handler
from functions.orders.on_invoice_due import handler as on_invoice_due
from shared.billing.invoices import filing, privacy
from shared.kernel.currencies import in_major_units
from shared.platform.personal_data import BLANK
from shared.platform.personal_data import Person as Known
from shared.platform.work import begin
from tests.buyers import PARIS, deliver
from tests.functions.orders.conftest import Desk
from tests.functions.orders.conftest import desk as desk
from tests.gateway import batch
from tests.invoicing import Back, Rules, amount, value, words_in, xml_in
from tests.killing import DieAt, Killed
from tests.media import PRIVATE


def major(units: int) -> Decimal:
    return Decimal(in_major_units(units, "EUR"))


def told(desk: Desk) -> list[dict[str, Any]]:
    deliver(desk.bus, on_invoice_due, "order.paid")
    desk.bus.relay()
    return desk.bus.of("invoice.issued")


def test_the_xml_in_the_file_says_what_the_order_cost(desk: Desk, back: Back, rules: Rules) -> None:
    bought = desk.paid(3)
    back.follow()
    [row] = back.documents(bought.id)
    xml, order = xml_in(back.file(row)), bought.now
    assert rules.broken(xml) == []
    assert amount(xml, "GrandTotalAmount") == major(order.totals.total.amount)
    assert amount(xml, "TaxTotalAmount") == major(order.totals.tax.amount)
    assert amount(xml, "TotalPrepaidAmount") == major(order.totals.total.amount)
    assert amount(xml, "DuePayableAmount") == 0
    assert value(xml, "SellerOrderReferencedDocument/IssuerAssignedID") == str(order.number)
    assert value(xml, "SpecifiedTradeSettlementPaymentMeans/TypeCode") == "48"


def test_the_credit_notes_xml_names_the_invoice(desk: Desk, back: Back, rules: Rules) -> None:
    bought = desk.paid()
    refunded = bought.refund(lines=bought.line()).body["refund"]["amount"]["amount"]
    back.follow()
    invoice, note = back.documents(bought.id)
    xml = xml_in(back.file(note))
    assert rules.broken(xml) == []
    assert amount(xml, "GrandTotalAmount") == major(refunded)
    assert value(xml, "InvoiceReferencedDocument/IssuerAssignedID") == invoice.number


def test_a_person_reads_the_same(desk: Desk, back: Back) -> None:
    bought = desk.paid()
    back.follow()
    [row] = back.documents(bought.id)
    words = words_in(back.file(row))
    total = f"{in_major_units(row.total_amount, 'EUR')}".replace(".", ",")
    for text in (row.number, f"{total} €", "Ada Byron", row.seller["name"], row.seller["vat_number"], "Mug"):
        assert text in words


def test_markup_in_a_name_is_text(desk: Desk, back: Back) -> None:
    sly = PARIS | {"first_name": '<img src="file:///etc/passwd"/>', "last_name": "&lt;b>王小明"}
    bought = desk.paid(shipping_address=sly)
    back.follow()
    [row] = back.documents(bought.id)
    words = words_in(back.file(row))
    assert '<img src="file:///etc/passwd"/>' in words.replace("\n", " ")
    # What the typeface cannot show is written in Latin letters.
    assert "Wang" in words


def test_the_file_is_fit_for_archives(desk: Desk, back: Back) -> None:
    desk.paid()
    back.follow()
    [row] = back.documents()
    pdf = PdfReader(io.BytesIO(back.file(row)))
    root: Any = pdf.root_object
    assert not pdf.is_encrypted
    assert "/ID" in pdf.trailer
    metadata = root["/Metadata"].get_object().get_data().decode()
    assert "<pdfaid:part>3</pdfaid:part>" in metadata
    assert "<pdfaid:conformance>B</pdfaid:conformance>" in metadata
    assert "<fx:ConformanceLevel>EN 16931</fx:ConformanceLevel>" in metadata
    [intent] = root["/OutputIntents"]
    assert intent.get_object()["/DestOutputProfile"].get_object().get_data()[36:40] == b"acsp"
    [attached] = root["/AF"].get_object()
    assert attached.get_object()["/AFRelationship"] == "/Alternative"
    pages: list[Any] = list(pdf.pages)
    fonts = [font.get_object() for page in pages for font in page["/Resources"]["/Font"].values()]
    assert fonts
    for font in fonts:
        assert "/FontFile2" in font["/FontDescriptor"], font["/BaseFont"]
        assert "/ToUnicode" in font


@pytest.mark.parametrize("step", ["before_reach", "after_reach", "before_settle", "before_commit"])
def test_killed_at_any_step_the_file_is_there_in_the_end(
    desk: Desk, back: Back, die_at: DieAt, step: str
) -> None:
    desk.paid()
    issued = told(desk)
    die_at(step)
    with pytest.raises(Killed):
        handler(batch(issued), None)
    assert handler(batch(issued), None) == {"batchItemFailures": []}
    [row] = back.documents()
    assert back.file(row).startswith(b"%PDF")


def test_a_bucket_that_is_down_only_delays_it(
    desk: Desk, back: Back, monkeypatch: pytest.MonkeyPatch
) -> None:
    from shared.platform import private_files

    desk.paid()
    issued = told(desk)

    def down(*_: object) -> None:
        raise OSError("down")

    with monkeypatch.context() as patch:
        patch.setattr(private_files, "put", down)
        assert len(handler(batch(issued), None)["batchItemFailures"]) == 1
    assert handler(batch(issued), None) == {"batchItemFailures": []}
    assert back.documents()[0].file_key


def test_a_file_that_is_there_is_not_made_again(desk: Desk, back: Back) -> None:
    desk.paid()
    back.follow()
    [row] = back.documents()
    before = back.file(row)
    again = [detail | {"id": "01932f00-0000-7000-8000-00000000000e"} for detail in told(desk)]
    assert handler(batch(again), None) == {"batchItemFailures": []}
    assert back.file(row) == before


def erase(desk: Desk, order_id: str) -> Any:
    with begin(desk.brand, "test") as work:
        from uuid import UUID

        return privacy.erase(work, Known(order_ids=(UUID(order_id),)))


def test_an_erasure_takes_the_buyer_out_of_row_and_file_and_leaves_the_figures(
    desk: Desk, back: Back, rules: Rules
) -> None:
    bought = desk.paid()
    back.follow()
    [row] = back.documents()
    erased = erase(desk, bought.id)
    assert erased.rows == 1
    assert [each.what for each in erased.kept] == ["accounting"]
    back.follow()
    [now] = back.documents()
    assert (now.number, now.total_amount, now.lines) == (row.number, row.total_amount, row.lines)
    assert now.buyer["name"] == BLANK
    pdf = back.file(now)
    assert "Byron" not in words_in(pdf) + xml_in(pdf).decode()
    assert rules.broken(xml_in(pdf)) == []
    assert back.store.keys(PRIVATE) == [now.file_key]


def test_an_erasure_while_the_file_is_being_made_wins(
    desk: Desk, back: Back, monkeypatch: pytest.MonkeyPatch
) -> None:
    bought = desk.paid()
    issued = told(desk)
    made = filing.make

    def meanwhile(wanted: filing.Wanted) -> filing.Kept:
        erase(desk, bought.id)
        return made(wanted)

    with monkeypatch.context() as patch:
        patch.setattr(filing, "make", meanwhile)
        assert handler(batch(issued), None) == {"batchItemFailures": []}
    assert back.documents()[0].file_key is None
    back.follow()
    [row] = back.documents()
    assert "Byron" not in words_in(back.file(row))


def test_what_was_late_and_names_the_buyer_does_not_stay(
    desk: Desk, back: Back, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One delivery read the row before the erasure, and puts its file after another one has put the right one."""
    bought = desk.paid()
    issued = told(desk)
    made = filing.make

    def overtaken(wanted: filing.Wanted) -> filing.Kept:
        erase(desk, bought.id)
        with monkeypatch.context() as patch:
            patch.setattr(filing, "make", made)
            again = [detail | {"id": "01932f00-0000-7000-8000-00000000000d"} for detail in issued]
            assert handler(batch(again), None) == {"batchItemFailures": []}
        return made(wanted)

    with monkeypatch.context() as patch:
        patch.setattr(filing, "make", overtaken)
        assert handler(batch(issued), None) == {"batchItemFailures": []}
    back.follow()
    [row] = back.documents()
    assert "Byron" not in words_in(back.file(row))


def test_any_locale_and_country_can_be_drawn(desk: Desk, back: Back) -> None:
    elsewhere = PARIS | {"country": "ZZ"}
    bought = desk.paid(billing_address=elsewhere)
    with begin(desk.brand, "test") as work:
        work.run("UPDATE orders.orders SET locale = 'tlh-AQ' WHERE id = %(id)s", id=bought.id)
    back.follow()
    assert "Invoice" in words_in(back.file(back.documents()[0]))


def test_a_business_stays_on_its_invoice(desk: Desk, back: Back) -> None:
    bought = desk.paid(shipping_address=PARIS | {"company": "Byron SARL", "vat_number": "FR11123456782"})
    back.follow()
    erased = erase(desk, bought.id)
    assert (erased.rows, {each.what for each in erased.kept}) == (0, {"accounting", "business_invoices"})
    assert "Byron SARL" in words_in(back.file(back.documents()[0]))
