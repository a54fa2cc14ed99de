"""What a brand chooses about tax and shipping, as it is typed in: the shapes behind its settings `tax` and `shipping`."""

import re
from datetime import date
from typing import Annotated, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from shared.platform.models import MAX_AMOUNT, CountryCode, CurrencyCode, Request, ShortText

_MOST_TARIFFS, _MOST_ZONES, _MOST_OPTIONS, _MOST_STEPS = 20, 50, 50, 50
_MAX_GRAMS = 1_000_000
_MAX_DAYS = 365


def _pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError("not a regular expression") from error
    return text


def _day(text: str) -> str:
    date.fromisoformat(text)
    return text


ZoneName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
OptionId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,39}$")]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")]
Amount = Annotated[int, Field(ge=0, le=MAX_AMOUNT)]
Days = Annotated[int, Field(ge=0, le=_MAX_DAYS)]


class TaxSettings(Request):
    """As `TaxRules` reads them (vat.py)."""

    home_country: CountryCode = "FR"
    prices_include_tax: bool = True
    one_stop_shop: bool = True


class ZoneSettings(Request):
    """Where a zone is: these countries, but for the postcodes that wholly match the pattern."""

    countries: Annotated[list[CountryCode], Field(min_length=1, max_length=250)]
    except_postcodes: Annotated[str, StringConstraints(max_length=100), AfterValidator(_pattern)] | None = (
        None
    )


class TermsSettings(Request):
    """An option in a zone: from and to so many days, free from goods worth `free_from`, priced by steps of grams and minor units."""

    days: Annotated[list[Days], Field(min_length=2, max_length=2)]
    free_from: Amount | None
    up_to_g: Annotated[
        list[Annotated[list[Annotated[int, Field(ge=0)]], Field(min_length=2, max_length=2)]],
        Field(min_length=1, max_length=_MOST_STEPS),
    ]

    @model_validator(mode="after")
    def _ascending(self) -> Self:
        grams = [step[0] for step in self.up_to_g]
        if sorted(set(grams)) != grams or grams[-1] > _MAX_GRAMS or self.days[0] > self.days[1]:
            raise ValueError("steps and days ascend")
        return self


class OptionSettings(Request):
    """One way to send a parcel; its name by language, English at least."""

    id: OptionId
    pickup_point: bool
    name: Annotated[dict[Language, ShortText], Field(max_length=30)]
    zones: Annotated[dict[ZoneName, TermsSettings], Field(min_length=1, max_length=_MOST_ZONES)]

    @model_validator(mode="after")
    def _named_in_english(self) -> Self:
        if "en" not in self.name:
            raise ValueError("an option has an English name at least")
        return self


class TariffSettings(Request):
    """The tariff from a day on."""

    effective_from: Annotated[str, AfterValidator(_day)]
    currency: CurrencyCode
    zones: Annotated[dict[ZoneName, ZoneSettings], Field(min_length=1, max_length=_MOST_ZONES)]
    options: Annotated[list[OptionSettings], Field(min_length=1, max_length=_MOST_OPTIONS)]

    @model_validator(mode="after")
    def _zones_exist(self) -> Self:
        named = {zone for option in self.options for zone in option.zones}
        if unknown := named - self.zones.keys():
            raise ValueError(f"no such zone: {', '.join(sorted(unknown))}")
        if len({option.id for option in self.options}) < len(self.options):
            raise ValueError("options have different ids")
        return self


class ShippingSettings(Request):
    """As `options` reads them (shipping.py)."""

    tariffs: Annotated[list[TariffSettings], Field(min_length=1, max_length=_MOST_TARIFFS)]
