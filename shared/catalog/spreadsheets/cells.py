"""What stands in a cell: text that no spreadsheet takes for a formula, amounts as people write them, yes and no. Pure."""

import re
from decimal import Decimal, InvalidOperation

from shared.catalog.slugs import derived
from shared.kernel.currencies import decimals
from shared.platform.models import MAX_AMOUNT

# What makes a cell a formula, in their full-width twins too: https://owasp.org/www-community/attacks/CSV_Injection
_ACTS = "=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20"
_WRITTEN_OUT = re.compile(rf"'*[{_ACTS}]")
_QUOTED = re.compile(rf"'+[{_ACTS}]")
_SPACES = dict.fromkeys(map(ord, " \u00a0\u202f\u2009'’"))
_AMOUNT = re.compile(r"\d{1,15}(\.\d{1,6})?", re.ASCII)
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_MAX_STORED_SLUG = 200
_YES, _NO = ("true", "yes", "1", "vrai", "oui"), ("false", "no", "0", "faux", "non")


class CellRefused(Exception):
    """A cell that cannot be what it is to be: a code, and what to say of it."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def guarded(text: str) -> str:
    """`text` as a spreadsheet shows and does not run it: an apostrophe before what would act. `plain` takes exactly that away."""
    return f"'{text}" if _WRITTEN_OUT.match(text) else text


def plain(cell: str) -> str:
    """What a cell says, without the apostrophe that guards it, and without what no database can hold."""
    cell = cell.replace("\x00", "")
    return cell[1:] if _QUOTED.match(cell) else cell


def amount(cell: str, currency: str) -> int:
    """Minor units: `12.50`, `12,5`, `1 234,50` and `1,234.50` are what they look like; `1,234` is refused where a currency has no third
    decimal, since nobody knows what it is. Raises CellRefused."""
    text = cell.translate(_SPACES).strip()
    if "," in text and "." in text:
        grouping = "," if text.rindex(".") > text.rindex(",") else "."
        whole, _, fraction = text.replace(grouping, "").replace(",", ".").partition(".")
        groups = text[: max(text.rindex("."), text.rindex(","))].split(grouping)
        if any(len(group) != 3 for group in groups[1:]):
            raise CellRefused("amount_invalid", f"{cell[:40]!r} is no amount.")
        text = f"{whole}.{fraction}"
    text = text.replace(",", ".")
    if not _AMOUNT.fullmatch(text):
        raise CellRefused(
            "amount_invalid", f"{cell[:40]!r} is no amount: write it like 12.50 or 12,50, without a currency."
        )
    places = decimals(currency)
    try:
        minor = Decimal(text).scaleb(places)
    except InvalidOperation as error:
        raise CellRefused("amount_invalid", f"{cell[:40]!r} is no amount.") from error
    if minor != minor.to_integral_value():
        raise CellRefused("too_many_decimals", f"{currency} has {places} decimals; {cell[:40]!r} has more.")
    if minor > MAX_AMOUNT:
        raise CellRefused("amount_too_large", f"{cell[:40]!r} is too much.")
    return int(minor)


def whole(cell: str, most: int) -> int:
    """A whole number from 0 on; `250.0`, as spreadsheets write it, too. Raises CellRefused."""
    text = re.sub(r"[.,]0+\Z", "", cell.translate(_SPACES).strip())
    if not re.fullmatch(r"\d{1,18}", text, re.ASCII) or int(text) > most:
        raise CellRefused("number_invalid", f"{cell[:40]!r} is no whole number from 0 to {most}.")
    return int(text)


def yes(cell: str) -> bool:
    """TRUE or FALSE, also in French. Raises CellRefused."""
    text = cell.strip().lower()
    if text in _YES:
        return True
    if text in _NO:
        return False
    raise CellRefused("neither_true_nor_false", f"{cell[:40]!r} is neither TRUE nor FALSE.")


def slug(text: str) -> str:
    """A handle as the catalogue writes it; what is one stays. Empty when there is nothing to write."""
    given = text.strip()
    if len(given) <= _MAX_STORED_SLUG and _SLUG.fullmatch(given):
        return given
    return derived(given, "") if given else ""
