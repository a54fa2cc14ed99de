"""From a file's rows to products; what cannot be is told by row and column. Pure.

Rows of one handle are one product: the first says what it is, every row may add a variant and an image. A column that the file lacks
leaves its field as it is; an empty cell empties it, where it may be empty.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from time import monotonic
from typing import Any

from shared.catalog.spreadsheets import cells, fields
from shared.catalog.spreadsheets.cells import CellRefused
from shared.catalog.spreadsheets.columns import MOST_OPTIONS, NO_OPTION, NO_VALUE, Part
from shared.catalog.spreadsheets.decoding import Sheet, SheetRefused
from shared.platform.background import Line

MOST_ROWS_A_PRODUCT = 1000
# What takes longer was made to: ten thousand honest rows take five. Below the time of the function that reads.
MOST_SECONDS = 90.0

type Cells = Mapping[tuple[Part, str], str]


@dataclass(slots=True)
class Parsed:
    """A product as the file has it. `fields` are what its columns say; `variants` (`sku`, `options`, `fields`) and `images` (`src`,
    `position`, `alt`) each have the `row` they come from. `failed`: a row of it is wrong."""

    handle: str | None
    row: int
    rows: int = 0
    fields: dict[str, Any] = field(default_factory=dict)
    variants: list[dict[str, Any]] = field(default_factory=list)
    images: list[dict[str, Any]] = field(default_factory=list)
    option_names: dict[int, str] = field(default_factory=dict)
    failed: bool = False


class Parsing:
    """Reads one sheet for a brand of this currency: `products`, the `lines` of its report, how many `rows`."""

    def __init__(self, sheet: Sheet, currency: str) -> None:
        self._sheet, self._currency = sheet, currency
        self.products: list[Parsed] = []
        self.lines: list[Line] = []
        self.rows = 0
        self._by_key: dict[str, Parsed] = {}
        self._seen_skus: dict[str, int] = {}

    def run(self) -> None:
        """Read every row. Raises SheetRefused."""
        columns, until = len(self._sheet.headers), monotonic() + MOST_SECONDS
        for header in self._sheet.strange:
            message = "Nothing is known of this column, so what it says is left out: is its name misspelt?"
            self.lines.append(Line(self._sheet.heading, header[:100], "warning", "column_unknown", message))
        for row, given in self._sheet.rows():
            self.rows += 1
            if monotonic() > until:
                raise SheetRefused("too_slow", row)
            found = {
                about: cells.plain(given[place] if place < len(given) else "")
                for place, about in self._sheet.meanings.items()
            }
            product, is_first = self._product_of(row, found)
            product.rows += 1
            if product.rows > MOST_ROWS_A_PRODUCT:
                message = f"A product has at most {MOST_ROWS_A_PRODUCT} rows."
                self._error(product, row, ("product", "handle"), "too_many_rows", message)
            elif any(map(str.strip, given[columns:])):
                self._error(
                    product, row, None, "too_many_cells", "This row has more cells than the first one."
                )
            else:
                if is_first:
                    self._read_product(product, row, found)
                self._read_variant(product, row, found)
                self._read_image(product, row, found)

    def _product_of(self, row: int, found: Cells) -> tuple[Parsed, bool]:
        named = found.get(("product", "handle"), "").strip() or found.get(("product", "title"), "")
        handle = cells.slug(named) or None
        sku = found.get(("variant", "sku"), "").strip()
        key = f"handle {handle}" if handle else f"sku {sku}" if sku else f"row {row}"
        known = self._by_key.get(key)
        if known is not None:
            return known, False
        product = self._by_key[key] = Parsed(handle, row)
        self.products.append(product)
        if not handle and not sku:
            message = "Say which product this is: by its Handle, its Title or a Variant SKU."
            self._error(product, row, ("product", "handle"), "handle_missing", message)
        return product, True

    def _read_product(self, product: Parsed, row: int, found: Cells) -> None:
        said = product.fields
        for about, text in found.items():
            part, name = about
            if part == "product" and name != "handle":
                self._take(product, row, about, text, said)
        published = said.pop("published", None)
        if published is not None:
            said.setdefault("status", "active" if published else "draft")

    def _read_variant(self, product: Parsed, row: int, found: Cells) -> None:
        for (part, name), text in found.items():
            if part == "option" and name.endswith(":name") and text.strip():
                # They stand on a product's first row alone.
                product.option_names.setdefault(int(name.partition(":")[0]), text.strip())
        if not any(text.strip() for (part, name), text in found.items() if _says_a_variant(part, name)):
            return
        said: dict[str, Any] = {}
        prices: dict[str, dict[str, int | None]] = {}
        for about, text in found.items():
            part, name = about
            kind, _, currency = name.partition(":")
            if part == "variant" and kind in ("price", "compare_at"):
                code = currency or self._currency
                slot = prices.setdefault(code, {})
                self._try(product, row, about, slot, kind, partial(fields.amount, text, code))
            elif part == "variant":
                self._take(product, row, about, text, said)
        sku = said.pop("sku", None)
        self._tell_apart(product, row, sku)
        if said.pop("taxable", True) is False:
            said.setdefault("tax_category", "exempt")
        if prices:
            said["prices"] = prices
        options = self._options(product, row, found)
        product.variants.append({"row": row, "sku": sku, "options": options, "fields": said})

    def _read_image(self, product: Parsed, row: int, found: Cells) -> None:
        if not found.get(("image", "src"), "").strip():
            return
        image: dict[str, Any] = {"row": row, "position": None, "alt": None}
        for about, text in found.items():
            if about[0] == "image":
                self._take(product, row, about, text.strip(), image)
        product.images.append(image)

    def _options(self, product: Parsed, row: int, found: Cells) -> dict[str, str] | None:
        """What the variant is of each option; None when no column says it."""
        chosen: dict[str, str] | None = None
        for number in range(1, MOST_OPTIONS + 1):
            about: tuple[Part, str] = ("option", f"{number}:value")
            value = found.get(about, "").strip()
            if not value:
                continue
            chosen = chosen or {}
            name = product.option_names.get(number)
            if name is None:
                message = "This option has a value and no name."
                self._error(product, row, ("option", f"{number}:name"), "option_unnamed", message)
            elif (name, value) != (NO_OPTION, NO_VALUE):
                pair: dict[str, Any] = {}
                self._try(product, row, about, pair, "name", partial(fields.read, "option", name))
                self._try(product, row, about, pair, "value", partial(fields.read, "option", value))
                if len(pair) == 2:
                    chosen[pair["name"]] = pair["value"]
        return chosen

    def _tell_apart(self, product: Parsed, row: int, sku: str | None) -> None:
        if sku is None:
            return
        first = self._seen_skus.setdefault(sku, row)
        if first != row:
            message = f"Row {first} already has the SKU {sku[:60]!r}."
            self._error(product, row, ("variant", "sku"), "sku_repeated", message)

    def _take(
        self, product: Parsed, row: int, about: tuple[Part, str], text: str, into: dict[str, Any]
    ) -> None:
        name = about[1]
        if text.strip() or name not in fields.UNSAID:
            self._try(product, row, about, into, name, partial(fields.read, name, text))

    def _try(
        self,
        product: Parsed,
        row: int,
        about: tuple[Part, str],
        into: dict[str, Any],
        name: str,
        read: Callable[[], Any],
    ) -> None:
        try:
            into[name] = read()
        except CellRefused as refused:
            self._error(product, row, about, refused.code, str(refused))

    def _error(
        self, product: Parsed, row: int, about: tuple[Part, str] | None, code: str, message: str
    ) -> None:
        product.failed = True
        places = [place for place, known in self._sheet.meanings.items() if known == about]
        column = self._sheet.headers[places[0]] if places else about[1] if about else None
        self.lines.append(Line(row, column, "error", code, message))


def _says_a_variant(part: Part, name: str) -> bool:
    """Whether something in this column makes a row a variant's: what exporters write on every row does not."""
    return (part == "option" and name.endswith(":value")) or (part == "variant" and name != "taxable")
