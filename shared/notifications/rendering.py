"""Rendering: a template, its variables and a brand become subject, HTML and text. Pure; compiled once per warm function."""

import re
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime
from babel.numbers import format_currency, format_decimal, format_percent, get_currency_precision
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from shared.kernel.money import Money
from shared.notifications.addresses import one_line
from shared.notifications.variables import MailBrand, MailVariables

LANGUAGES = ("fr", "en")
_TEMPLATES = Path(__file__).parent / "templates"
_BASIS_POINTS = 10_000
_GAP = re.compile(r"\n{3,}")
# Plain "en" would write American dates; our shops sell in Europe. A stated territory (en-US) is honoured.
_PLAIN = {"en": Locale("en", "IE"), "fr": Locale("fr", "FR")}
# WCAG 2.2 relative luminance: above this, black text has the higher contrast (§1.4.3 formula solved for equality).
_DARK_TEXT_ABOVE = 0.179


@dataclass(frozen=True, slots=True)
class Rendered:
    """A mail's content: the subject on one line, a whole HTML document, and the same as plain text."""

    subject: str
    html: str
    text: str


def render(locale: str, variables: MailVariables, brand: MailBrand) -> Rendered:
    """The mail of `variables`' own template and version for `locale` (BCP 47 or POSIX form).

    A language we have no templates in falls back to the brand's, and that to the first of LANGUAGES.
    """
    spoken = spoken_locale(locale, brand.locale)
    templates = _environment(spoken)
    name = f"{variables.template}/v{variables.version}.{spoken.language}"
    given = {"mail": variables, "brand": brand, "locale": spoken}
    subject = one_line(templates.get_template(f"{name}.subject.txt").render(given))
    return Rendered(
        subject=subject,
        html=templates.get_template(f"{name}.html").render(given, subject=subject),
        text=_GAP.sub("\n\n", templates.get_template(f"{name}.txt").render(given).strip()) + "\n",
    )


def spoken_locale(*wanted: str) -> Locale:
    """The first of `wanted` whose language has templates, territory kept; else the first of LANGUAGES."""
    for tag in wanted:
        found = _locale(tag)
        if found is not None:
            return found
    return _PLAIN[LANGUAGES[0]]


@lru_cache(maxsize=256)
def _locale(tag: str) -> Locale | None:
    language = tag.replace("-", "_").partition("_")[0].lower()
    if language not in LANGUAGES:
        return None
    try:
        found = Locale.parse(tag, sep="-" if "-" in tag else "_")
    except (ValueError, UnknownLocaleError):
        return _PLAIN[language]
    return found if found.territory else _PLAIN[language]


@lru_cache(maxsize=32)
def _environment(locale: Locale) -> Environment:
    templates = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=lambda name: bool(name and name.endswith(".html")),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )

    def money(value: Money) -> str:
        exponent = get_currency_precision(value.currency)
        return format_currency(Decimal(value.amount).scaleb(-exponent), value.currency, locale=locale)

    def number(value: int) -> str:
        return format_decimal(value, locale=locale)

    def rate(basis_points: int) -> str:
        whole, digit, sign = locale.percent_formats[None].pattern.rpartition("0")
        pattern = f"{whole}{digit}.##{sign}"
        return format_percent(Decimal(basis_points) / _BASIS_POINTS, pattern, locale=locale)

    def date(moment: datetime, timezone: str) -> str:
        return format_date(moment.astimezone(ZoneInfo(timezone)).date(), "long", locale=locale)

    def moment(value: datetime, timezone: str) -> str:
        day, time = date(value, timezone), value.astimezone(ZoneInfo(timezone))
        return f"{day}, {format_datetime(time, 'HH:mm (VVV)', locale=locale)}"

    def country(code: str) -> str:
        return str(locale.territories.get(code, code))

    templates.filters.update(
        money=money,
        number=number,
        rate=rate,
        date=date,
        moment=moment,
        country=country,
        one_line=one_line,
        bare_url=_bare_url,
        text_on=_text_on,
    )
    return templates


def _bare_url(url: str) -> str:
    return url.partition("://")[2].rstrip("/")


def _text_on(colour: str) -> str:
    """Black or white, whichever reads better on `colour` (#rrggbb)."""
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return "#111111" if 0.2126 * red + 0.7152 * green + 0.0722 * blue > _DARK_TEXT_ABOVE else "#ffffff"


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)
