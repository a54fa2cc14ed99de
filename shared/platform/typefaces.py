"""The typeface of the documents we draw: embedded, as archives ask for, with every letter of the Union's languages.

Liberation Sans (shared/platform/fonts). Text in other scripts is transliterated: a box instead of a name tells nobody anything.
"""

from functools import cache
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent / "fonts"
REGULAR, BOLD = "LiberationSans", "LiberationSans-Bold"
_FILES = {REGULAR: "LiberationSans-Regular.ttf", BOLD: "LiberationSans-Bold.ttf"}


@cache
def register() -> None:
    """Make both known to reportlab, by their names."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    for name, file in _FILES.items():
        pdfmetrics.registerFont(TTFont(name, str(_FOLDER / file)))
    pdfmetrics.registerFontFamily(REGULAR, normal=REGULAR, bold=BOLD, italic=REGULAR, boldItalic=BOLD)


def printable(text: str) -> str:
    """`text` in letters that the typeface has: others are transliterated, or left out. Register first."""
    drawn = _letters()
    if all(ord(letter) in drawn for letter in text):
        return text
    from text_unidecode import unidecode

    return "".join(
        letter if ord(letter) in drawn else " " if letter.isspace() else unidecode(letter) for letter in text
    )


@cache
def _letters() -> frozenset[int]:
    from reportlab.pdfbase import pdfmetrics

    register()
    face: Any = pdfmetrics.getFont(REGULAR).face
    return frozenset(code for code in face.charToGlyph if code >= ord(" "))
