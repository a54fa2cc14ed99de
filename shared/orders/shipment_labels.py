"""A parcel's label on A6, for whoever has no carrier that draws it: who, where to, and a barcode (Code 128, ISO/IEC 15417).

The barcode holds the carrier's tracking number or, before there is one, the parcel's own name.
"""

import io
from typing import Any, NamedTuple

from shared.orders.shapes import Order
from shared.orders.shipment_store import ShipmentRecord
from shared.platform.brands import Brand
from shared.platform.typefaces import BOLD, REGULAR, printable, register

_WIDTH_MM, _HEIGHT_MM, _MARGIN_MM = 105, 148, 7
_BARCODE_MM = 24
_INK, _QUIET = "#111111", "#555555"
# Words of the label, by language; French is what carriers of the zones read otherwise.
_WORDS = {
    "fr": {
        "to": "DESTINATAIRE",
        "from": "EXPÉDITEUR",
        "order": "Commande",
        "parcel": "colis",
        "note": "Instructions",
        "decimal": ",",
    },
    "en": {
        "to": "DELIVER TO",
        "from": "SENDER",
        "order": "Order",
        "parcel": "parcel",
        "note": "Instructions",
        "decimal": ".",
    },
}
_MOST_ADDRESS_LINES, _MOST_NOTE_LINES = 3, 2
_LEAST_POINTS = 6.0
# Code 128 can hold ASCII; a longer one would not be read from A6.
_LONGEST_CODE = 40


class Label(NamedTuple):
    """What stands on a label. `lines` is the address, its country last; `code` the barcode's content."""

    title: str
    brand: str
    sender: str
    carrier: str
    words: dict[str, str]
    lines: tuple[str, ...]
    phone: str
    facts: str
    note: str
    code: str


def label_of(order: Order, shipment: ShipmentRecord, brand: Brand) -> Label:
    """The label of a shipment of the order."""
    to, said = order.shipping_address, _WORDS.get(brand.locale[:2].lower(), _WORDS["fr"])
    lines = (to.name, to.company, to.line1, to.line2, f"{to.postcode} {to.city}", _country(to.country, brand))
    mail = brand.settings.get("mail")
    facts = [f"{said['order']} {order.number}", f"{said['parcel']} {shipment.number}"]
    if shipment.weight_g:
        facts.append(f"{shipment.weight_g // 1000}{said['decimal']}{shipment.weight_g % 1000:03} kg")
    return Label(
        title=f"{order.number}-{shipment.number}",
        brand=brand.name,
        sender=str((mail or {}).get("postal_line") or ""),
        carrier=shipment.carrier or "",
        words=said,
        lines=tuple(line for line in lines if line),
        phone=to.phone or "",
        facts=" · ".join(facts),
        note=order.delivery_instructions or "",
        code=code_of(order.number, shipment),
    )


def code_of(order_number: int, shipment: ShipmentRecord) -> str:
    """What the barcode holds: the tracking number if Code 128 can hold it, else the parcel's own name."""
    number = shipment.tracking_number or ""
    if 0 < len(number) <= _LONGEST_CODE and number.isascii() and number.isprintable():
        return number
    return f"{order_number}-{shipment.number}"


def draw(label: Label) -> bytes:
    """The PDF, one page of 105 by 148 mm."""
    # Imported here: it is a fifth of a second of a cold start.
    from reportlab.lib.units import mm
    from reportlab.pdfgen.canvas import Canvas

    register()
    into = io.BytesIO()
    canvas = Canvas(into, pagesize=(_WIDTH_MM * mm, _HEIGHT_MM * mm), lang=None, pageCompression=1)
    canvas.setTitle(printable(label.title))
    page = _Page(canvas, mm)
    page.text(label.brand, 11, bold=True)
    if label.sender:
        page.text(label.sender, 7, color=_QUIET)
    page.rule()
    page.text(label.words["to"], 7, color=_QUIET)
    for number, line in enumerate(label.lines):
        page.text(
            line,
            15 if number == 0 else 13,
            bold=number in (0, len(label.lines) - 1),
            most_lines=_MOST_ADDRESS_LINES,
        )
    if label.phone:
        page.text(label.phone, 9, color=_QUIET)
    page.rule()
    page.text(label.facts, 9)
    if label.note:
        page.text(f"{label.words['note']} : {label.note}", 8, color=_QUIET, most_lines=_MOST_NOTE_LINES)
    page.barcode(label.code, label.carrier)
    canvas.showPage()
    canvas.save()
    return into.getvalue()


class _Page:
    """A page that is filled from the top; the barcode keeps its foot."""

    def __init__(self, canvas: Any, mm: float) -> None:
        self._canvas, self._mm = canvas, mm
        self._left, self._width = _MARGIN_MM * mm, (_WIDTH_MM - 2 * _MARGIN_MM) * mm
        self._y = (_HEIGHT_MM - _MARGIN_MM) * mm

    def text(
        self, words: str, size: float, *, bold: bool = False, color: str = _INK, most_lines: int = 1
    ) -> None:
        """Words in as many lines as they need and may have; the last one is made smaller until it fits."""
        from reportlab.pdfbase.pdfmetrics import stringWidth

        font = BOLD if bold else REGULAR
        for whole in self._broken(" ".join(printable(words).split()), font, size, most_lines):
            line, fits = whole, size
            while fits > _LEAST_POINTS and stringWidth(line, font, fits) > self._width:
                fits -= 0.5
            while stringWidth(line, font, fits) > self._width:
                line = f"{line[:-2]}…"
            self._y -= size * 1.25
            self._canvas.setFont(font, fits)
            self._canvas.setFillColor(color)
            self._canvas.drawString(self._left, self._y, line)

    def rule(self) -> None:
        """A line across."""
        self._y -= 2.5 * self._mm
        self._canvas.setLineWidth(0.6)
        self._canvas.line(self._left, self._y, self._left + self._width, self._y)
        self._y -= 0.8 * self._mm

    def barcode(self, code: str, carrier: str) -> None:
        """The barcode as wide as it goes, what it holds below it, and whose it is above."""
        from reportlab.graphics.barcode.code128 import Code128
        from reportlab.pdfbase.pdfmetrics import stringWidth

        mm, foot = self._mm, _MARGIN_MM * self._mm
        bars = Code128(code, barHeight=_BARCODE_MM * mm, barWidth=1, quiet=0, humanReadable=0)
        # Ten modules stay white at each end, as the standard has it.
        bars = Code128(
            code,
            barHeight=_BARCODE_MM * mm,
            barWidth=min(1.2, self._width / (bars.width + 20)),
            quiet=0,
            humanReadable=0,
        )
        self._canvas.setFillColor(_INK)
        bars.drawOn(self._canvas, self._left + (self._width - bars.width) / 2, foot + 6 * mm)
        size = 11.0
        while size > 5 and stringWidth(code, BOLD, size) > self._width:
            size -= 0.5
        self._canvas.setFont(BOLD, size)
        self._canvas.drawCentredString(self._left + self._width / 2, foot + 1 * mm, code)
        if carrier:
            self._canvas.setFont(REGULAR, 9)
            above = foot + (6 + _BARCODE_MM + 2) * mm
            self._canvas.drawString(self._left, above, printable(carrier)[:60])

    def _broken(self, words: str, font: str, size: float, most: int) -> list[str]:
        from reportlab.lib.utils import simpleSplit

        lines: list[str] = simpleSplit(words, font, size, self._width)
        return [*lines[: most - 1], " ".join(lines[most - 1 :])] if len(lines) > most else lines


def _country(code: str, brand: Brand) -> str:
    from babel import Locale, UnknownLocaleError

    try:
        named = Locale.parse(brand.locale.replace("-", "_")).territories.get(code)
    except (UnknownLocaleError, ValueError):
        named = None
    return (named or code).upper()
