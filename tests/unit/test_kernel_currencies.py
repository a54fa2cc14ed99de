"""Amounts in major units."""

import pytest

from shared.kernel.currencies import in_major_units


@pytest.mark.parametrize(
    ("amount", "currency", "written"),
    [
        (1999, "EUR", "19.99"),
        (5, "CHF", "0.05"),
        (0, "EUR", "0.00"),
        (-150, "EUR", "-1.50"),
        (-5, "EUR", "-0.05"),
        (1999, "JPY", "1999"),
        (1999, "TND", "1.999"),
    ],
)
def test_an_amount_is_written_with_its_currencys_decimals(amount: int, currency: str, written: str) -> None:
    assert in_major_units(amount, currency) == written
