"""Invoices in tests: a brand that says who sells, the consumers that follow a payment, and what stands in a file."""

import io
import json
from dataclasses import dataclass
from decimal import Decimal
from importlib.resources import files
from typing import Any
from uuid import UUID

import pytest

from functions.billing.on_invoice_issued import handler as on_invoice_issued
from functions.orders.on_invoice_due import handler as on_invoice_due
from local.demo.brands import DEMO
from shared.platform import brands
from shared.platform.brands import Brand
from shared.platform.work import begin
from tests.gateway import Bus, batch
from tests.media import PRIVATE, Store
from tests.people import rows

SELLER: dict[str, Any] = DEMO.settings["seller"]
_CHOOSE = "UPDATE platform.brands SET settings = settings || %(settings)s::jsonb WHERE id = platform.current_brand()"
NAMES = {
    "ram": "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100",
    "rsm": "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100",
}
_SVRL = {"svrl": "http://purl.oclc.org/dsdl/svrl"}


def say_who_sells(brand: Brand, seller: dict[str, Any] = SELLER) -> None:
    """Write the brand's seller down, as its administrators would."""
    with begin(brand, "test") as work:
        work.run(_CHOOSE, settings=json.dumps({"seller": seller}))
    brands.forget()


@dataclass
class Back:
    """The consumers behind a shop: invoices are issued, their files made."""

    brand: Brand
    bus: Bus
    store: Store

    def issue(self, times: int = 1) -> None:
        """Deliver what documents are due for, so many times; their files are left for later."""
        self._deliver(on_invoice_due, times)

    def follow(self, times: int = 1) -> None:
        """Deliver all that was told, so many times."""
        for handler in (on_invoice_due, on_invoice_issued):
            self._deliver(handler, times)

    def _deliver(self, handler: Any, times: int) -> None:
        self.bus.relay()
        kinds = {kind.type for kind in handler.spec.listens}
        told = [detail for detail in self.bus.details if detail["type"] in kinds]
        for _ in range(times if told else 0):
            assert handler(batch(told), None) == {"batchItemFailures": []}

    def documents(self, order_id: str | UUID | None = None) -> list[Any]:
        """Every row, or those of one order: each order's invoice and then its credit notes."""
        found = rows(self.brand, "SELECT * FROM billing.invoices ORDER BY order_number, kind DESC, number")
        return [row for row in found if order_id is None or str(row.order_id) == str(order_id)]

    def file(self, row: Any) -> bytes:
        """The file of a document."""
        return self.store.content(row.file_key, PRIVATE)


@pytest.fixture
def back(brand: Brand, bus: Bus, store: Store) -> Back:
    """What follows a payment, of a brand that says who sells."""
    say_who_sells(brand)
    return Back(brand, bus, store)


def xml_in(pdf: bytes) -> bytes:
    """The XML that lies in a file."""
    from pypdf import PdfReader

    [content] = PdfReader(io.BytesIO(pdf)).attachments["factur-x.xml"]
    return bytes(content)


def words_in(pdf: bytes) -> str:
    """What a person reads."""
    from pypdf import PdfReader

    pages = PdfReader(io.BytesIO(pdf)).pages
    return "\n".join(page.extract_text() for page in pages).replace("\u00a0", " ").replace("\u202f", " ")


def value(xml: bytes, path: str) -> str:
    """The text at the end of a path of `ram` names, below the transaction."""
    from lxml import etree

    found = etree.fromstring(xml).findtext(f".//ram:{path.replace('/', '/ram:')}", namespaces=NAMES)
    assert found is not None, path
    return str(found)


def amount(xml: bytes, name: str) -> Decimal:
    """One of the document's sums."""
    return Decimal(value(xml, f"SpecifiedTradeSettlementHeaderMonetarySummation/{name}"))


class Rules:
    """The public business rules of EN 16931 in the Factur-X profile, as its publishers compiled them (they lie in the package facturx)."""

    def __init__(self) -> None:
        import saxonche

        self._processor = saxonche.PySaxonProcessor(license=False)
        sheet = files("facturx") / "xsd_and_schematron/facturx-en16931/FACTUR-X_EN16931.xslt"
        self._rules = self._processor.new_xslt30_processor().compile_stylesheet(stylesheet_file=str(sheet))

    def broken(self, xml: bytes) -> list[str]:
        """The ids of the rules that a document breaks; none when it is valid."""
        from lxml import etree

        node = self._processor.parse_xml(xml_text=xml.decode())
        report = etree.fromstring(self._rules.transform_to_string(xdm_node=node).encode())
        assert report.findall(".//svrl:fired-rule", _SVRL), "no rule looked at it"
        return [str(each.get("id")) for each in report.findall(".//svrl:failed-assert", _SVRL)]


@pytest.fixture(scope="session")
def rules() -> Rules:
    """The public rules, compiled once."""
    return Rules()
