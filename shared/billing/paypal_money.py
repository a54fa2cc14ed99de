"""Amounts as PayPal writes them: decimal strings in major units. Pure."""

from decimal import Decimal, InvalidOperation
from typing import Any

from shared.kernel.currencies import decimals, in_major_units

# Where PayPal takes no decimals though the currency has some: https://developer.paypal.com/api/rest/reference/currency-codes/
_WHOLE = frozenset({"HUF", "TWD"})


def paypal_money(amount: int, currency: str) -> dict[str, str]:
    """`amount` minor units as PayPal's money: 1999 EUR is `{"currency_code": "EUR", "value": "19.99"}`."""
    value = in_major_units(amount, currency)
    whole, _, fraction = value.partition(".")
    if currency in _WHOLE and not fraction.strip("0"):
        value = whole
    return {"currency_code": currency, "value": value}


def minor_units(money: Any) -> int:
    """PayPal's money in minor units of its currency; 0 for what is none. Raises ValueError for an amount that is not whole."""
    if not isinstance(money, dict) or not isinstance(money.get("value"), str):
        return 0
    try:
        exact = Decimal(money["value"]).scaleb(decimals(str(money.get("currency_code", ""))))
    except InvalidOperation as error:
        raise ValueError(f"not an amount: {money['value']!r}") from error
    if not exact.is_finite() or exact != int(exact):
        raise ValueError(f"not a whole number of minor units: {money['value']!r}")
    return int(exact)
