"""A document as a PDF, before anything is embedded in it: what a person reads."""

import io
from datetime import date
from decimal import Decimal
from typing import Any

from shared.billing.invoices import taxation
from shared.billing.invoices.en16931 import notes, vat_identifier
from shared.billing.invoices.paper import FOOT, MARGIN, PANEL, RULE, grid, numbered, paragraph
from shared.billing.invoices.records import Issued, Line, Party, Taxed
from shared.billing.invoices.words import language, words
from shared.kernel.currencies import in_major_units
from shared.platform.typefaces import REGULAR, printable, register

# Millimetres of an A4 page between its margins: item, quantity, unit price, discount, rate, net, gross.
_COLUMNS = (62, 12, 24, 20, 14, 21, 21)


def draw(issued: Issued) -> bytes:
    """The document's pages."""
    # Imported here: for whoever makes files.
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.units import mm
    from reportlab.platypus import SimpleDocTemplate, Spacer

    register()
    page = _Page(issued)
    into = io.BytesIO()
    document = SimpleDocTemplate(
        into,
        pagesize=A4,
        leftMargin=MARGIN * mm,
        rightMargin=MARGIN * mm,
        topMargin=MARGIN * mm,
        bottomMargin=FOOT * mm,
        lang=language(issued.locale),
    )
    gap = Spacer(0, 7 * mm)
    story = [
        page.head(),
        gap,
        page.parties(),
        gap,
        page.lines(),
        Spacer(0, 4 * mm),
        page.sums(),
        gap,
        *page.notes(),
    ]
    document.build(story, canvasmaker=numbered(page.foot(), page.said["page"], page.title))
    return into.getvalue()


class _Page:
    """The parts of one document."""

    def __init__(self, issued: Issued) -> None:
        self._issued, self.said = issued, words(issued.locale)
        self._locale = language(issued.locale)
        self.title = f"{self.said[issued.kind]} {issued.number}"

    def head(self) -> Any:
        """Who, what, which number and when."""
        issued, said = self._issued, self.said
        facts = [
            (said["number"], issued.number),
            (said["issued_on"], self._day(issued.issued_on)),
        ]
        if issued.kind == "invoice":
            facts.append((said["supplied_on"], self._day(issued.supplied_on)))
        if issued.order_number is not None:
            facts.append((said["order"], str(issued.order_number)))
        if issued.corrected is not None:
            of = f"{issued.corrected.number} {said['of']} {self._day(issued.corrected.issued_on)}"
            facts.append((said["corrects"], of))
        told = [paragraph(said[issued.kind], size=20, bold=True, right=True)]
        told += [paragraph(f"{label}{said['colon']}{value}", right=True) for label, value in facts]
        seller = [
            paragraph(issued.seller.name, size=15, bold=True),
            *self._lines_of(issued.seller, named=False),
        ]
        return grid([[seller, told]], (92, 82))

    def parties(self) -> Any:
        """Who buys, and where it goes."""
        issued, said = self._issued, self.said
        buyer = [paragraph(said["buyer"], size=8, quiet=True), *self._lines_of(issued.buyer)]
        elsewhere = issued.deliver_to
        if elsewhere is None or _same_place(elsewhere, issued.buyer):
            return grid([[buyer, ""]], (87, 87))
        sent = [paragraph(said["deliver_to"], size=8, quiet=True), *self._lines_of(elsewhere)]
        return grid([[buyer, sent]], (87, 87))

    def lines(self) -> Any:
        """What was sold, line by line; the heading is repeated on each page."""
        from reportlab.lib.colors import HexColor
        from reportlab.lib.units import mm
        from reportlab.platypus import Table, TableStyle

        said = self.said
        names = ("item", "quantity", "unit_price", "discount", "rate", "line_net", "line_gross")
        heading = [paragraph(said[name], size=8, bold=True, right=name != "item") for name in names]
        rows = [heading, *(self._row(line) for line in self._issued.lines)]
        table = Table(rows, [width * mm for width in _COLUMNS], repeatRows=1)
        table.setStyle(
            TableStyle(
                [
                    ("FONTNAME", (0, 0), (-1, -1), REGULAR),
                    ("VALIGN", (0, 0), (-1, -1), "TOP"),
                    ("BACKGROUND", (0, 0), (-1, 0), HexColor(PANEL)),
                    ("LINEBELOW", (0, 0), (-1, -1), 0.4, HexColor(RULE)),
                    ("LEFTPADDING", (0, 0), (-1, -1), 4),
                    ("RIGHTPADDING", (0, 0), (-1, -1), 4),
                ]
            )
        )
        return table

    def _row(self, line: Line) -> list[Any]:
        # What one unit costs without tax, as near as is shown: the exact figure is the line's.
        unit = Decimal(in_major_units(line.full, self._issued.currency)) / line.quantity
        about = [paragraph(line.title)]
        about += [paragraph(detail, size=7.5, quiet=True) for detail in (line.detail, line.sku) if detail]
        return [
            about,
            paragraph(str(line.quantity), right=True),
            paragraph(self._decimal(unit), right=True),
            paragraph(self._money(-line.discount) if line.discount else "", right=True),
            paragraph(self._percent(line.basis_points), right=True),
            paragraph(self._money(line.net), right=True),
            paragraph(self._money(line.gross), right=True),
        ]

    def sums(self) -> Any:
        """What it comes to, tax by rate."""
        from reportlab.platypus import KeepTogether

        issued, said = self._issued, self.said
        rows = [(said["net"], self._money(issued.net), False)]
        rows += [
            (self._taxed(each), self._money(each.tax), False) for each in issued.taxed if each.basis_points
        ]
        rows.append((said["total"], self._money(issued.total), True))
        if issued.kind == "credit_note":
            rows.append((said["refunded"], self._money(issued.total), False))
        else:
            how = f" {said[issued.gateway]}" if issued.gateway in ("stripe", "paypal") else ""
            rows.append((said["paid"] + how, self._money(issued.paid), False))
            rows.append((said["left"], self._money(issued.total - issued.paid), True))
        cells: list[list[Any]] = [
            ["", paragraph(label, bold=bold), paragraph(amount, bold=bold, right=True)]
            for label, amount, bold in rows
        ]
        return KeepTogether([grid(cells, (84, 58, 32))])

    def _taxed(self, taxed: Taxed) -> str:
        rate, net = self._percent(taxed.basis_points), self._money(taxed.net)
        return self.said["tax"].format(rate=rate, net=net)

    def notes(self) -> list[Any]:
        """Why nothing is charged where nothing is, and what else is to be said."""
        issued = self._issued
        found = []
        for each in issued.taxed:
            if reason := taxation.reason(each.category, issued.locale):
                found.append(f"{reason}. {self.said['untaxed'].format(net=self._money(each.net))}.")
        said = [[paragraph(text, size=8, quiet=True)] for text in found + notes(issued)]
        return [grid(said, (174,))] if said else []

    def foot(self) -> list[str]:
        seller, said = self._issued.seller, self.said
        where = f"{seller.line1}, {seller.postcode} {seller.city}, {seller.country}"
        register_name = said["registration"] if seller.country == "FR" else said["register"]
        numbers = [
            f"{register_name} {seller.registration}" if seller.registration else "",
            f"{said['vat_number']} {seller.vat_number}" if seller.vat_number else "",
            f"IBAN {seller.iban}" if seller.iban else "",
            f"BIC {seller.bic}" if seller.bic else "",
        ]
        reached = [text for text in (seller.email, seller.phone) if text]
        rows = [[seller.name, where], [text for text in numbers if text], reached]
        return [printable(" · ".join(row))[:150] for row in rows if row]

    def _lines_of(self, party: Party, named: bool = True) -> list[Any]:
        said = self.said
        lines = [party.name] if named else []
        lines += [text for text in (party.contact, party.line1, party.line2) if text]
        lines += [f"{party.postcode} {party.city}", self._country(party.country)]
        if party.vat_number:
            lines.append(f"{said['vat_number']} {vat_identifier(party) or party.vat_number}")
        return [paragraph(text, bold=named and number == 0) for number, text in enumerate(lines)]

    def _country(self, code: str) -> str:
        from babel import Locale

        return str(Locale.parse(self._locale).territories.get(code, code))

    def _money(self, amount: int) -> str:
        from babel.numbers import format_currency

        value = Decimal(in_major_units(amount, self._issued.currency))
        return str(format_currency(value, self._issued.currency, locale=self._locale))

    def _decimal(self, value: Decimal) -> str:
        from babel.numbers import format_decimal

        return str(format_decimal(value, "#,##0.00##", locale=self._locale))

    def _percent(self, basis_points: int) -> str:
        from babel.numbers import format_decimal

        return f"{format_decimal(Decimal(basis_points) / 100, '0.##', locale=self._locale)} %"

    def _day(self, on: date) -> str:
        from babel.dates import format_date

        return str(format_date(on, "long", locale=self._locale))


def _same_place(one: Party, other: Party) -> bool:
    return (one.name, one.line1, one.line2, one.postcode, one.city, one.country) == (
        other.name,
        other.line1,
        other.line2,
        other.postcode,
        other.city,
        other.country,
    )
