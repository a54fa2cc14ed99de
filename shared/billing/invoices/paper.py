"""What documents are drawn with: paragraphs, grids, and pages that know how many they are."""

from collections.abc import Callable, Sequence
from typing import Any
from xml.sax.saxutils import escape

from shared.platform.typefaces import BOLD, REGULAR, printable

INK, QUIET, RULE, PANEL = "#1c1b19", "#6b675f", "#d9d4ca", "#f7f5f0"
# Millimetres.
MARGIN, FOOT = 18, 30


def paragraph(
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
        textColor=QUIET if quiet else INK,
        alignment=TA_RIGHT if right else TA_LEFT,
    )
    return Paragraph(escape(printable(words)), style)


def grid(rows: Sequence[Sequence[Any]], widths: Sequence[int]) -> Any:
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


def numbered(foot: Sequence[str], numbering: str, title: str) -> Callable[..., Any]:
    """What makes a canvas that writes `foot` below each page, and its number (`numbering` has {page} and {pages}) once all are there."""
    from reportlab.lib.colors import HexColor
    from reportlab.lib.units import mm
    from reportlab.pdfgen.canvas import Canvas

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
                self.setFillColor(HexColor(QUIET))
                for row, words in enumerate(foot):
                    self.drawCentredString(105 * mm, (18 - 3.6 * row) * mm, words)
                page = numbering.format(page=number, pages=len(self._pages))
                self.drawRightString((210 - MARGIN) * mm, 7 * mm, page)
                super().showPage()
            super().save()

    return Numbered
