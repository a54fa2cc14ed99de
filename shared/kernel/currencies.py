"""How many decimals a currency's major unit has (ISO 4217, list one)."""

_NONE = frozenset(
    [
        "BIF",
        "CLP",
        "DJF",
        "GNF",
        "ISK",
        "JPY",
        "KMF",
        "KRW",
        "PYG",
        "RWF",
        "UGX",
        "UYI",
        "VND",
        "VUV",
        "XAF",
        "XOF",
        "XPF",
    ]
)
_THREE = frozenset(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"])
_USUAL = 2


def decimals(currency: str) -> int:
    """The number of decimals: 2 for EUR and CHF, 0 for JPY, 3 for TND."""
    return 0 if currency in _NONE else 3 if currency in _THREE else _USUAL


def in_major_units(amount: int, currency: str) -> str:
    """`amount` minor units as a decimal number: 1999 EUR is `19.99`."""
    places = decimals(currency)
    if not places:
        return str(amount)
    sign, digits = "-" if amount < 0 else "", str(abs(amount)).rjust(places + 1, "0")
    return f"{sign}{digits[:-places]}.{digits[-places:]}"
