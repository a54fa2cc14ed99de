"""Shipping: zones and options as dated data, priced by weight, free above a threshold."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from shared.kernel.money import Money
from shared.kernel.refusals import Invalid

_DATA = Path(__file__).parent / "data" / "shipping.json"
_LANGUAGE = "en"


class ShippingUnavailable(Invalid):
    """This shipping option does not serve this address, or not with a parcel of this weight."""


@dataclass(frozen=True, slots=True)
class ShippingOption:
    """One way to send a parcel to one address. `up_to_g`: (greatest weight in grams, price in minor units), ascending;
    `free_from`: goods worth this much or more (minor units, as charged, after discounts) travel free."""

    id: str
    names: Mapping[str, str]
    currency: str
    min_days: int
    max_days: int
    pickup_point: bool
    up_to_g: tuple[tuple[int, int], ...]
    free_from: int | None

    def name(self, locale: str) -> str:
        """The name in the language of a locale (`fr-FR`, `fr`), in English where there is none."""
        return self.names.get(locale[:2].lower()) or self.names[_LANGUAGE]

    def carries(self, weight_g: int) -> bool:
        """May a parcel be this heavy?"""
        return weight_g <= self.up_to_g[-1][0]

    def cost(self, weight_g: int, goods: int) -> Money:
        """The price as entered for a parcel of `weight_g` with `goods` worth this many minor units after discounts.

        Raises ShippingUnavailable when the parcel is too heavy.
        """
        step = next((price for limit, price in self.up_to_g if weight_g <= limit), None)
        if step is None:
            raise ShippingUnavailable
        free = self.free_from is not None and goods >= self.free_from
        return Money(0 if free else step, self.currency)


def options(
    settings: Mapping[str, Any], country: str, postcode: str, weight_g: int, on: date
) -> list[ShippingOption]:
    """The options that carry `weight_g` grams to an address on a day: those of the brand's setting `shipping`, else the
    house's. Empty where nobody delivers."""
    tariff = _in_force(settings.get("shipping") or _house(), on)
    zone = next((name for name, zone in tariff["zones"].items() if _covers(zone, country, postcode)), None)
    found = [_option(each, zone, tariff["currency"]) for each in tariff["options"] if zone in each["zones"]]
    return [option for option in found if option.carries(weight_g)]


def choose(
    settings: Mapping[str, Any], id: str, country: str, postcode: str, weight_g: int, on: date
) -> ShippingOption:
    """The option a buyer asked for by its `id`; raises ShippingUnavailable when it does not serve the address or weight."""
    for option in options(settings, country, postcode, weight_g, on):
        if option.id == id:
            return option
    raise ShippingUnavailable


def _covers(zone: Mapping[str, Any], country: str, postcode: str) -> bool:
    excepted = zone.get("except_postcodes")
    return country in zone["countries"] and not (
        excepted and re.fullmatch(excepted, postcode.replace(" ", ""))
    )


def _option(entry: Mapping[str, Any], zone: str | None, currency: str) -> ShippingOption:
    terms = entry["zones"][zone]
    return ShippingOption(
        id=entry["id"],
        names=entry["name"],
        currency=currency,
        min_days=terms["days"][0],
        max_days=terms["days"][1],
        pickup_point=entry["pickup_point"],
        up_to_g=tuple((limit, price) for limit, price in terms["up_to_g"]),
        free_from=terms["free_from"],
    )


def _in_force(data: Mapping[str, Any], on: date) -> Mapping[str, Any]:
    started = [each for each in data["tariffs"] if each["effective_from"] <= on.isoformat()]
    if not started:
        return {"zones": {}, "options": [], "currency": ""}
    return max(started, key=lambda each: str(each["effective_from"]))


@cache
def _house() -> Mapping[str, Any]:
    data: Mapping[str, Any] = json.loads(_DATA.read_bytes())
    return data
