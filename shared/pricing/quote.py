"""The answer of `prices.price`: every figure of a purchase, each cent of it accounted for."""

from collections.abc import Mapping
from dataclasses import dataclass

from shared.kernel.money import Money
from shared.pricing.vat import Treatment


@dataclass(frozen=True, slots=True)
class TaxLine:
    """What is taxed at one rate (`basis_points`: 550 = 5.5 %): `net + tax = gross`."""

    basis_points: int
    net: Money
    tax: Money

    @property
    def percent(self) -> str:
        """The rate as it is written: `"20"`, `"5.5"`."""
        return f"{self.basis_points / 100:g}"


@dataclass(frozen=True, slots=True)
class PricedLine:
    """One line. `subtotal` (before discounts) and `discount` are on the side of tax on which prices were entered, so that
    `subtotal - discount` is `gross` when they include tax and `net` when they do not. `net + tax = gross`, which is paid."""

    key: str
    quantity: int
    unit_price: Money
    subtotal: Money
    discount: Money
    net: Money
    tax: Money
    gross: Money
    basis_points: int


@dataclass(frozen=True, slots=True)
class Quote:
    """A whole purchase. `total` = the lines' gross + shipping's gross = the tax lines' net + tax
    = `subtotal - discount + shipping`, `+ tax` only when `tax_included` is False.

    `shipping_lines` splits shipping by the rates of the goods; `promotions` says what each code gave, as entered.
    """

    lines: tuple[PricedLine, ...]
    subtotal: Money
    discount: Money
    shipping: Money
    tax: Money
    total: Money
    tax_lines: tuple[TaxLine, ...]
    shipping_lines: tuple[TaxLine, ...]
    promotions: Mapping[str, Money]
    tax_included: bool
    treatment: Treatment
