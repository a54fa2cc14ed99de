"""VAT rates of the European Union as dated data (`data/eu_vat_rates.json`, MIT, github.com/ibericode/vat-rates)."""

import json
import re
from datetime import date
from decimal import Decimal
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

_DATA = Path(__file__).parent / "data" / "eu_vat_rates.json"

# Monaco is French territory for VAT (Directive 2006/112/EC, article 7).
_TERRITORY_OF = {"MC": "FR"}
# In the data for its history only.
_NOT_IN_UNION = frozenset({"GB"})

# The names a country's rates are looked up by, first found first. A country without the wanted rate charges its next
# higher one: too much tax can be given back, too little cannot be asked for later.
_NAMES = {
    "standard": ("standard",),
    "reduced": ("reduced", "reduced1", "standard"),
    "intermediate": ("reduced2", "standard"),
    "super_reduced": ("super_reduced", "reduced", "reduced1", "standard"),
}
CATEGORIES = frozenset({*_NAMES, "exempt"})


class _Territory(NamedTuple):
    postcode: re.Pattern[str]
    rate: int


class _Period(NamedTuple):
    since: str
    rates: dict[str, int]
    territories: tuple[_Territory, ...]


def in_union(country: str) -> bool:
    """Is this ISO 3166 country part of the Union's VAT territory (apart from the territories `outside` names)?"""
    return _TERRITORY_OF.get(country, country) in _table()


def outside(country: str, postcode: str, on: date) -> bool:
    """Do the Union's VAT rules not reach this address: another country, or a territory such as the Canary Islands?"""
    return not in_union(country) or _territory_rate(country, postcode, on) == 0


@lru_cache(maxsize=4096)
def rate(country: str, postcode: str, category: str, on: date) -> int:
    """The rate, in basis points (2000 = 20 %), of a tax `category` (one of `CATEGORIES`) at an address on a day.

    0 where the Union's VAT rules do not reach. The source gives territories one rate (8.5 % in Réunion); a category that
    is lower on the mainland stays lower there.
    """
    if category not in CATEGORIES:
        raise ValueError(f"unknown tax category: {category}")
    if category == "exempt" or not in_union(country):
        return 0
    rates = _period(country, on).rates
    mainland = next(rates[name] for name in _NAMES[category] if name in rates)
    territory = _territory_rate(country, postcode, on)
    return mainland if territory is None else min(mainland, territory)


@lru_cache(maxsize=4096)
def _territory_rate(country: str, postcode: str, on: date) -> int | None:
    code = re.sub(r"[\s-]", "", postcode)
    territories = _period(country, on).territories
    return next((each.rate for each in territories if each.postcode.fullmatch(code)), None)


def _period(country: str, on: date) -> _Period:
    periods = _table()[_TERRITORY_OF.get(country, country)]
    day = on.isoformat()
    return next(period for period in periods if period.since <= day)


@cache
def _table() -> dict[str, tuple[_Period, ...]]:
    items = json.loads(_DATA.read_bytes(), parse_float=Decimal)["items"]
    return {
        country: tuple(sorted(map(_as_period, periods), key=lambda period: period.since, reverse=True))
        for country, periods in items.items()
        if country not in _NOT_IN_UNION
    }


def _as_period(entry: dict[str, Any]) -> _Period:
    return _Period(
        since=entry["effective_from"],
        rates={name: int(percent * 100) for name, percent in entry["rates"].items()},
        territories=tuple(
            _Territory(re.compile(each["postcode"]), int(each["standard"] * 100))
            for each in entry.get("exceptions", ())
        ),
    )
