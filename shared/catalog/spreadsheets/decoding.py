"""From the bytes of a file to its rows, however a spreadsheet wrote them: encodings, byte order marks, separators, quotes. Pure."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

from shared.catalog.spreadsheets.columns import Part, is_strange, meaning

MAX_BYTES = 50 * 1024 * 1024
MAX_ROWS = 20_000
# Far more than any field may have, so that what is too long is told of its row and not of the file.
_MOST_IN_A_CELL = 4 * 1024 * 1024
_SEPARATORS = (",", ";", "\t")
_MOST_COLUMNS = 500

_PROBLEMS = {
    "file_empty": "There is nothing in the file.",
    "file_too_large": "The file is larger than 50 MB.",
    "no_known_column": "The first row names no column that we know: Handle, Title or Variant SKU, as in Shopify's product CSV.",
    "column_repeated": "Two columns say the same.",
    "too_many_columns": "The file has more than 500 columns.",
    "too_many_rows": "The file has more than 20,000 rows: split it.",
    "too_slow": "The file takes too long to read: simplify its descriptions, or split it.",
    "malformed_csv": "From this row on the file is no CSV: a quotation mark opens and does not close, or closes too early.",
}


class SheetRefused(Exception):
    """A file of which nothing can be taken: a code, the row it was found at, and what to say of it."""

    def __init__(self, code: str, row: int = 1, column: str | None = None) -> None:
        super().__init__(_PROBLEMS[code])
        self.code, self.row, self.column = code, row, column


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file's columns, by their place, with what they are about; and its text."""

    headers: list[str]
    meanings: dict[int, tuple[Part, str]]
    separator: str
    _text: str
    _skipped: int

    @property
    def heading(self) -> int:
        """The number of the row that names the columns."""
        return self._skipped + 1

    @property
    def strange(self) -> list[str]:
        """The columns that nobody knows."""
        return [header for header in self.headers if is_strange(header)]

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Each row below the heading that has anything in it, with its number as a spreadsheet shows it. Raises SheetRefused."""
        number = self.heading
        found = 0
        reader = _reader(self._text, self.separator)
        try:
            for _ in range(number):
                next(reader)
            for cells in reader:
                number += 1
                if any(map(str.strip, cells)):
                    found += 1
                    if found > MAX_ROWS:
                        raise SheetRefused("too_many_rows", number)
                    yield number, cells
        except csv.Error as error:
            raise SheetRefused("malformed_csv", number + 1) from error


def read(content: bytes) -> Sheet:
    """The file's heading, and how to read the rest. Raises SheetRefused."""
    if len(content) > MAX_BYTES:
        raise SheetRefused("file_too_large")
    text = _decoded(content)
    if not text.strip():
        raise SheetRefused("file_empty")
    csv.field_size_limit(_MOST_IN_A_CELL)
    best: tuple[int, str, list[str], int] | None = None
    for separator in _SEPARATORS:
        headers, skipped = _heading(text, separator)
        known = sum(meaning(header) is not None for header in headers)
        if best is None or known > best[0]:
            best = known, separator, headers, skipped
    assert best is not None
    _, separator, headers, skipped = best
    if len(headers) > _MOST_COLUMNS:
        raise SheetRefused("too_many_columns")
    meanings: dict[int, tuple[Part, str]] = {}
    for place, header in enumerate(headers):
        about = meaning(header)
        if about is not None and about in meanings.values():
            raise SheetRefused("column_repeated", skipped + 1, header)
        if about is not None:
            meanings[place] = about
    if not {("product", "handle"), ("product", "title"), ("variant", "sku")} & set(meanings.values()):
        raise SheetRefused("no_known_column")
    return Sheet(headers, meanings, separator, text, skipped)


def _decoded(content: bytes) -> str:
    """UTF-8 unless a mark says UTF-16 or the bytes say that it is neither: then what Windows writes in Western Europe."""
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if content.startswith(mark):
            return content.decode(encoding, "replace")
    try:
        return content.decode()
    except UnicodeDecodeError:
        # The five bytes that cp1252 leaves open are control characters in Latin-1.
        return content.decode("cp1252", "replace")


def _heading(text: str, separator: str) -> tuple[list[str], int]:
    """The first row that has anything in it, and how many come before it; Excel's own `sep=;` is none."""
    try:
        # By a separator that is not the file's, quotes look odd: that is no mistake yet.
        for skipped, cells in enumerate(_reader(text, separator, strict=False)):
            if any(map(str.strip, cells)) and not cells[0].lower().startswith("sep="):
                return [cell.strip() for cell in cells], skipped
    except csv.Error as error:
        raise SheetRefused("malformed_csv") from error
    return [], 0


def _reader(text: str, separator: str, *, strict: bool = True) -> Iterator[list[str]]:
    return csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=strict)
