"""How promising a cart is that was left: a number from 0 to 100, by which staff see first whom a word may bring back.

    score = 50 * amount / (amount + 100.00)          half of it at 100.00
          + 30 * 0.5 ^ (hours since the buyer left / 24)    half of it after a day
          + 20 * spent / (spent + 200.00)            half of it at 200.00 paid before

Amounts are in the cart's own currency; of a currency without minor units the same numbers of its units count.
"""

import math
from datetime import datetime
from typing import LiteralString

_AMOUNT_WEIGHT, _RECENCY_WEIGHT, _VALUE_WEIGHT = 50, 30, 20
_HALF_AMOUNT, _HALF_SPENT = 10_000, 20_000
_HALF_LIFE_HOURS = 24
_DIGITS = 1
_LONGEST_HOURS = 24_000

PARAMETERS = {
    "amount_weight": _AMOUNT_WEIGHT,
    "recency_weight": _RECENCY_WEIGHT,
    "value_weight": _VALUE_WEIGHT,
    "half_amount": _HALF_AMOUNT,
    "half_spent": _HALF_SPENT,
    "half_life": _HALF_LIFE_HOURS,
    "longest": _LONGEST_HOURS,
}
# The same as `score`, for lists that are sorted by it: of a cart `c` and its abandonment `a`, at %(now)s with PARAMETERS.
SCORE: LiteralString = """
    round((%(amount_weight)s::float8 * a.amount / (a.amount + %(half_amount)s)
         + %(recency_weight)s::float8 * power(0.5::float8, least(greatest(
               extract(epoch FROM %(now)s - c.last_activity_at)::float8 / 3600, 0), %(longest)s) / %(half_life)s)
         + %(value_weight)s::float8 * a.spent_amount / (a.spent_amount + %(half_spent)s))::numeric, 1)::float8
"""


def score(amount: int, left_at: datetime, spent: int, now: datetime) -> float:
    """The score of a cart with goods for `amount`, left at `left_at` by somebody who has `spent` so much before (minor units). Pure."""
    hours = min(max((now - left_at).total_seconds() / 3600, 0.0), _LONGEST_HOURS)
    return round(
        _AMOUNT_WEIGHT * amount / (amount + _HALF_AMOUNT)
        + _RECENCY_WEIGHT * math.pow(0.5, hours / _HALF_LIFE_HOURS)
        + _VALUE_WEIGHT * spent / (spent + _HALF_SPENT),
        _DIGITS,
    )
