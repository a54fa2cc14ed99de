"""How somebody wants to be spoken to and shown things: language, currency, time zone, display."""

from functools import cache
from typing import Annotated, Any, ClassVar, Literal
from zoneinfo import available_timezones

from pydantic import AfterValidator, StringConstraints

from shared.kernel.refusals import Invalid
from shared.platform.brands import Brand
from shared.platform.models import Change, CurrencyCode, Request, Response


class CurrencyNotOffered(Invalid):
    """This shop does not sell in that currency."""


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _known_zone(name: str) -> str:
    if name not in _zones():
        raise ValueError("not the name of a time zone")
    return name


LocaleTag = Annotated[str, StringConstraints(pattern=r"^[a-z]{2}(-[A-Z]{2})?$")]
TimeZone = Annotated[str, StringConstraints(max_length=64), AfterValidator(_known_zone)]
type Theme = Literal["system", "light", "dark"]
type Density = Literal["comfortable", "compact"]


class Display(Response):
    """How screens are shown."""

    theme: Theme = "system"
    density: Density = "comfortable"
    reduced_motion: bool = False


class DisplayChange(Request):
    """What changes of it."""

    theme: Theme = "system"
    density: Density = "comfortable"
    reduced_motion: bool = False


class Preferences(Response):
    """What was chosen, else the brand's own."""

    locale: str
    currency: str
    timezone: str
    display: Display
    version: int


class PreferencesChange(Change):
    """What changes. `null` goes back to the brand's currency or time zone."""

    clears: ClassVar[frozenset[str]] = frozenset({"currency", "timezone"})

    locale: LocaleTag | None = None
    currency: CurrencyCode | None = None
    timezone: TimeZone | None = None
    display: DisplayChange | None = None


def check_currency(brand: Brand, currency: str | None) -> None:
    """Raise CurrencyNotOffered unless the brand sells in it."""
    if currency not in (None, brand.currency, *brand.settings.get("currencies", ())):
        raise CurrencyNotOffered


def preferences_of(row: Any, brand: Brand) -> Preferences:
    """A user's row (locale, currency, timezone, display, version) as it is answered."""
    known = {name: value for name, value in row.display.items() if name in Display.model_fields}
    return Preferences(
        locale=row.locale,
        currency=row.currency or brand.currency,
        timezone=row.timezone or brand.timezone,
        display=Display(**known),
        version=row.version,
    )
