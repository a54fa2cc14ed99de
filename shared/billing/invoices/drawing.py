"""A document as a PDF, before anything is embedded in it: what a person reads."""

import io
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from xml.sax.saxutils import escape

from shared.billing.invoices import taxation
from shared.billing.invoices.en16931 import notes, vat_identifier
from shared.billing.invoices.records import Issued, Line, Party, Taxed
from shared.billing.invoices.words import words
from shared.kernel.currencies import in_major_units
from shared.platform.typefaces import BOLD, REGULAR, printable, register

_INK, _QUIET, _RULE, _PANEL = "#1c1b19", "#6b675f", "#d9d4ca", "#f7f5f0"
_MARGIN, _FOOT = 18, 30
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
        leftMargin=_MARGIN * mm,
        rightMargin=_MARGIN * mm,
        topMargin=_MARGIN * mm,
        bottomMargin=_FOOT * mm,
        lang=issued.locale[:2].lower(),
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
    document.build(story, canvasmaker=page.numbered)
    return into.getvalue()


class _Page:
    """The parts of one document."""

    def __init__(self, issued: Issued) -> None:
        self._issued, self._said = issued, words(issued.locale)
        self._locale = issued.locale.replace("-", "_")

    def head(self) -> Any:
        """Who, what, which number and when."""
        issued, said = self._issued, self._said
        facts = [
            (said["number"], issued.number),
            (said["issued_on"], self._day(issued.issued_on)),
            (said["supplied_on"], self._day(issued.supplied_on)),
        ]
        if issued.order_number is not None:
            facts.append((said["order"], str(issued.order_number)))
        if issued.corrected is not None:
            of = f"{issued.corrected.number} {said['of']} {self._day(issued.corrected.issued_on)}"
            facts.append((said["corrects"], of))
        told = [_text(said[issued.kind], size=20, bold=True, right=True)]
        told += [
            _text(
                f"{label} : {value}" if said["page"].startswith("Page {page} sur") else f"{label}: {value}",
                right=True,
            )
            for label, value in facts
        ]
        seller = [_text(issued.seller.name, size=15, bold=True), *self._lines_of(issued.seller, named=False)]
        return _grid([[seller, told]], (92, 82))

    def parties(self) -> Any:
        """Who buys, and where it goes."""
        issued, said = self._issued, self._said
        buyer = [_text(said["buyer"], size=8, quiet=True), *self._lines_of(issued.buyer)]
        elsewhere = issued.deliver_to
        if elsewhere is None or _same_place(elsewhere, issued.buyer):
            return _grid([[buyer, ""]], (87, 87))
        sent = [_text(said["deliver_to"], size=8, quiet=True), *self._lines_of(elsewhere)]
        return _grid([[buyer, sent]], (87, 87))

    def lines(self) -> Any:
        """What was sold, line by line; the heading is repeated on each page."""
        from reportlab.lib.colors import HexColor
        from reportlab.lib.units import mm
        from reportlab.platypus import Table, TableStyle

        said = self._said
        names = ("item", "quantity", "unit_price", "discount", "rate", "line_net", "line_gross")
        heading = [_text(said[name], size=8, bold=True, right=name != "item") for name in names]
        rows = [heading, *(self._row(line) for line in self._issued.lines)]
        table = Table(rows, [width * mm for width in _COLUMNS], repeatRows=1)
        table.setStyle(
            TableStyle(
                [
                    ("FONTNAME", (0, 0), (-1, -1), REGULAR),
                    ("VALIGN", (0, 0), (-1, -1), "TOP"),
                    ("BACKGROUND", (0, 0), (-1, 0), HexColor(_PANEL)),
                    ("LINEBELOW", (0, 0), (-1, -1), 0.4, HexColor(_RULE)),
                    ("LEFTPADDING", (0, 0), (-1, -1), 4),
                    ("RIGHTPADDING", (0, 0), (-1, -1), 4),
                ]
            )
        )
        return table

    def _row(self, line: Line) -> list[Any]:
        # What one unit costs without tax, as near as is shown: the exact figure is the line's.
        unit = Decimal(in_major_units(line.full, self._issued.currency)) / line.quantity
        about = [_text(line.title)]
        about += [_text(detail, size=7.5, quiet=True) for detail in (line.detail, line.sku) if detail]
        return [
            about,
            _text(str(line.quantity), right=True),
            _text(self._decimal(unit), right=True),
            _text(self._money(-line.discount) if line.discount else "", right=True),
            _text(self._percent(line.basis_points), right=True),
            _text(self._money(line.net), right=True),
            _text(self._money(line.gross), right=True),
        ]

    def sums(self) -> Any:
        """What it comes to, tax by rate."""
        from reportlab.platypus import KeepTogether

        issued, said = self._issued, self._said
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
            ["", _text(label, bold=bold), _text(amount, bold=bold, right=True)]
            for label, amount, bold in rows
        ]
        return KeepTogether([_grid(cells, (84, 58, 32))])

    def _taxed(self, taxed: Taxed) -> str:
        rate, net = self._percent(taxed.basis_points), self._money(taxed.net)
        return self._said["tax"].format(rate=rate, net=net)

    def notes(self) -> list[Any]:
        """Why nothing is charged where nothing is, and what else is to be said."""
        issued = self._issued
        found = []
        for each in issued.taxed:
            if reason := taxation.reason(each.category, issued.locale):
                found.append(f"{reason}. {self._said['untaxed'].format(net=self._money(each.net))}.")
        said = [[_text(text, size=8, quiet=True)] for text in found + notes(issued)]
        return [_grid(said, (174,))] if said else []

    def numbered(self, *args: Any, **given: Any) -> Any:
        """A canvas that writes the seller and the page's number below, once it knows how many there are."""
        from reportlab.lib.colors import HexColor
        from reportlab.lib.units import mm
        from reportlab.pdfgen.canvas import Canvas

        foot, said, title = self._foot(), self._said, f"{self._said[self._issued.kind]} {self._issued.number}"

        class Numbered(Canvas):  # type: ignore[misc]
            def __init__(self, *args: Any, **given: Any) -> None:
                super().__init__(*args, **{**given, "initialFontName": REGULAR})
                self.setTitle(title)
                self._pages: list[dict[str, Any]] = []

            def showPage(self) -> None:
                self._pages.append(dict(self.__dict__))
                self._startPage()

            def save(self) -> None:
                for number, kept in enumerate(self._pages, 1):
                    self.__dict__.update(kept)
                    self.setFont(REGULAR, 7.5)
                    self.setFillColor(HexColor(_QUIET))
                    for row, text in enumerate(foot):
                        self.drawCentredString(105 * mm, (18 - 3.6 * row) * mm, text)
                    page = said["page"].format(page=number, pages=len(self._pages))
                    self.drawRightString((210 - _MARGIN) * mm, 7 * mm, page)
                    super().showPage()
                super().save()

        return Numbered(*args, **given)

    def _foot(self) -> list[str]:
        seller, said = self._issued.seller, self._said
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
        said = self._said
        lines = [party.name] if named else []
        lines += [text for text in (party.contact, party.line1, party.line2) if text]
        lines += [f"{party.postcode} {party.city}", self._country(party.country)]
        if party.vat_number:
            lines.append(f"{said['vat_number']} {vat_identifier(party) or party.vat_number}")
        return [_text(text, bold=named and number == 0) for number, text in enumerate(lines)]

    def _country(self, code: str) -> str:
        from babel import Locale

        return str(Locale.parse(self._locale[:2]).territories.get(code, code))

    def _money(self, amount: int) -> str:
        from babel.numbers import format_currency

        value = Decimal(in_major_units(amount, self._issued.currency))
        return str(format_currency(value, self._issued.currency, locale=self._locale[:2]))

    def _decimal(self, value: Decimal) -> str:
        from babel.numbers import format_decimal

        return str(format_decimal(value, "#,##0.00##", locale=self._locale[:2]))

    def _percent(self, basis_points: int) -> str:
        from babel.numbers import format_decimal

        return f"{format_decimal(Decimal(basis_points) / 100, '0.##', locale=self._locale[:2])} %"

    def _day(self, on: date) -> str:
        from babel.dates import format_date

        return str(format_date(on, "long", locale=self._locale[:2]))


def _text(
    words: str, *, size: float = 9, bold: bool = False, quiet: bool = False, right: bool = False
) -> Any:
    """A paragraph of nothing but these words: whatever looks like markup in them is shown as it is."""
    from reportlab.lib.enums import TA_LEFT, TA_RIGHT
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.platypus import Paragraph

    style = ParagraphStyle(
        "words",
        fontName=BOLD if bold else REGULAR,
        fontSize=size,
        leading=size * 1.35,
        textColor=_QUIET if quiet else _INK,
        alignment=TA_RIGHT if right else TA_LEFT,
    )
    return Paragraph(escape(printable(words)), style)


def _grid(rows: Sequence[Sequence[Any]], widths: Sequence[int]) -> Any:
    from reportlab.lib.units import mm
    from reportlab.platypus import Table, TableStyle

    table = Table([list(row) for row in rows], [width * mm for width in widths])
    table.setStyle(
        TableStyle(
            [
                ("FONTNAME", (0, 0), (-1, -1), REGULAR),
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LEFTPADDING", (0, 0), (-1, -1), 0),
                ("RIGHTPADDING", (0, 0), (-1, -1), 0),
                ("TOPPADDING", (0, 0), (-1, -1), 1.5),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 1.5),
            ]
        )
    )
    return table


def _same_place(one: Party, other: Party) -> bool:
    return (one.name, one.line1, one.line2, one.postcode, one.city, one.country) == (
        other.name,
        other.line1,
        other.line2,
        other.postcode,
        other.city,
        other.country,
    )
