"""What each field of a product file may be: from a cell's text to the value that the catalogue keeps, by the same rules as everywhere."""

from collections.abc import Callable, Mapping
from typing import Any, Literal

from pydantic import TypeAdapter, ValidationError

from shared.catalog.images import Alt
from shared.catalog.seo import MAX_META_DESCRIPTION, MAX_META_TITLE
from shared.catalog.spreadsheets import cells
from shared.catalog.spreadsheets.cells import CellRefused
from shared.catalog.texts import Html, Name, Summary, Title, one_line
from shared.catalog.variant_editing import Barcode, Sku, TaxCategory
from shared.identity.levels import Level
from shared.platform.models import MAX_AMOUNT

_MAX_GRAMS, _MAX_POSITION, _MOST_TAGS, _MAX_TAG = 1_000_000, 1000, 50, 100

type Read = Callable[[str], Any]


def _by(kind: Any, *, lower: bool = False) -> Read:
    adapter: TypeAdapter[Any] = TypeAdapter(kind)

    def read(text: str) -> Any:
        try:
            return adapter.validate_python(text.strip().lower() if lower else text)
        except ValidationError as error:
            found = error.errors()[0]
            raise CellRefused(str(found["type"]), str(found["msg"])) from error

    return read


def _if_any(read: Read) -> Read:
    return lambda text: read(text.strip()) if text.strip() else None


def _short(most: int) -> Read:
    def read(text: str) -> str | None:
        line = one_line(text)
        if len(line) > most:
            raise CellRefused("string_too_long", f"This may have at most {most} characters.")
        return line or None

    return read


def _tags(text: str) -> list[str]:
    tag = _short(_MAX_TAG)
    tags = list(dict.fromkeys(filter(None, map(tag, text.split(",")))))
    if len(tags) > _MOST_TAGS:
        raise CellRefused("too_many_tags", "A product has at most 50 tags.")
    return tags


def _categories(text: str) -> list[str]:
    """Paths of slugs: `Maison > Cuisine; Cadeaux` is `maison/cuisine` and `cadeaux`."""
    paths = (
        "/".join(filter(None, (cells.slug(step) for step in path.split(">")))) for path in text.split(";")
    )
    return list(dict.fromkeys(filter(None, paths)))


_READ: Mapping[str, Read] = {
    "title": _by(Title),
    "description": _by(Html),
    "short_description": _by(Summary),
    "kind": _by(Literal["physical", "digital", "points_reward"], lower=True),
    "fulfillment_method": _by(Literal["stock", "dropship"], lower=True),
    "status": _by(Literal["draft", "active", "archived"], lower=True),
    "published": cells.yes,
    "seo_title": _short(MAX_META_TITLE),
    "seo_description": _short(MAX_META_DESCRIPTION),
    "min_level": _if_any(_by(Level, lower=True)),
    "tags": _tags,
    "categories": _categories,
    "sku": _by(Sku),
    "barcode": _if_any(_by(Barcode)),
    "weight_g": _if_any(lambda text: cells.whole(text, _MAX_GRAMS)),
    "price_points": _if_any(lambda text: cells.whole(text, MAX_AMOUNT) or None),
    "tax_category": _by(TaxCategory, lower=True),
    "taxable": cells.yes,
    "option": _by(Name),
    "src": str.strip,
    "position": _if_any(lambda text: cells.whole(text, _MAX_POSITION)),
    "alt": _by(Alt),
}
# An empty cell of these says nothing.
UNSAID = frozenset(
    {"title", "kind", "fulfillment_method", "status", "published", "sku", "tax_category", "taxable"}
)


def read(name: str, text: str) -> Any:
    """The value of a field whose cell says `text`. Raises CellRefused."""
    return _READ[name](text)


def amount(text: str, currency: str) -> int | None:
    """Minor units; None for an empty cell. Raises CellRefused."""
    return cells.amount(text, currency) if text.strip() else None
