"""VAT by destination: who taxes a purchase, at which rate, and what is charged for a price as it was entered."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple

from shared.pricing import rates
from shared.pricing.allotment import half_up
from shared.pricing.vat_numbers import country_of

_WHOLE = 10_000


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a purchase goes: ISO 3166 `country`, `postcode` (may be empty before it is known), a business's `vat_number`."""

    country: str
    postcode: str = ""
    vat_number: str | None = None


@dataclass(frozen=True, slots=True)
class TaxRules:
    """How a brand taxes: its `home_country`, whether its prices were entered with that country's tax, and whether buyers
    elsewhere in the Union pay their own country's rate (OSS) or, below the threshold of 10,000 EUR a year, the home rate.
    """

    home_country: str = "FR"
    prices_include_tax: bool = True
    one_stop_shop: bool = True

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> "TaxRules":
        """Read a brand's setting `tax`: `{"home_country", "prices_include_tax", "one_stop_shop"}`, each may be left out."""
        tax = settings.get("tax") or {}
        return cls(**{name: tax[name] for name in cls.__slots__ if name in tax})


class Treatment(StrEnum):
    """Why a purchase is taxed as it is; an invoice states it."""

    DOMESTIC = "domestic"
    DESTINATION = "destination"
    ORIGIN = "origin"
    REVERSE_CHARGE = "reverse_charge"
    EXPORT = "export"


class Charge(NamedTuple):
    """One amount after tax, in minor units: `net + tax` is paid. `basis_points` is the rate that was charged."""

    net: int
    tax: int
    basis_points: int

    @property
    def gross(self) -> int:
        """What the buyer pays."""
        return self.net + self.tax


def treat(rules: TaxRules, to: Destination, on: date) -> Treatment:
    """Decide who taxes a purchase that goes `to` an address.

    Sources: Directive 2006/112/EC, articles 33 (distance sales), 138 and 196 (business buyers of another member state,
    whose own number shows it), 146 (exports).
    """
    if to.country == rules.home_country:
        return Treatment.EXPORT if rates.outside(to.country, to.postcode, on) else Treatment.DOMESTIC
    if rates.outside(to.country, to.postcode, on):
        return Treatment.EXPORT
    buyer = country_of(to.vat_number)
    if buyer and buyer != rules.home_country and rates.in_union(buyer):
        return Treatment.REVERSE_CHARGE
    return Treatment.DESTINATION if rules.one_stop_shop else Treatment.ORIGIN


def rate_of(rules: TaxRules, to: Destination, treatment: Treatment, category: str, on: date) -> int:
    """The rate, in basis points, that `charge` works with: the destination's, or the home country's where the price is
    charged at the home rate (below the threshold) or freed of it (reverse charge, export)."""
    if treatment in (Treatment.DOMESTIC, Treatment.DESTINATION):
        return rates.rate(to.country, to.postcode, category, on)
    return rates.rate(rules.home_country, "", category, on)


def charge(entered: int, basis_points: int, *, includes_tax: bool, taxed: bool) -> Charge:
    """What is charged for an `entered` amount (minor units) at a rate, rounded half-up.

    Taxed prices that include tax stay as they were entered, wherever the buyer lives. An untaxed purchase is freed of the
    tax that its price includes.
    """
    if not includes_tax:
        return Charge(
            entered, half_up(entered * basis_points, _WHOLE) if taxed else 0, basis_points if taxed else 0
        )
    contained = half_up(entered * basis_points, _WHOLE + basis_points)
    return (
        Charge(entered - contained, contained, basis_points) if taxed else Charge(entered - contained, 0, 0)
    )
