"""The prices of a variant as staff give them: regular ones, by currency, and sales with dates; and what they may be."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, Field

from shared.catalog.creation import NewPrice
from shared.catalog.refusals import (
    CompareAtTooLow,
    PriceTwice,
    SaleDatesInvalid,
    SaleNotLower,
    TooManyPrices,
)
from shared.kernel.ids import new_id
from shared.kernel.money import Money
from shared.platform.models import MAX_AMOUNT, Moment, Request, Response
from shared.platform.work import Work

MAX_PRICES = 50
_CODE_LENGTH = 3


def _price(money: Money) -> Money:
    code = money.currency
    if len(code) != _CODE_LENGTH or not (code.isascii() and code.isalpha() and code.isupper()):
        raise ValueError("a currency is three capital letters, as in ISO 4217")
    if not 0 <= money.amount <= MAX_AMOUNT:
        raise ValueError("a price is at least 0")
    return money


PriceAmount = Annotated[Money, AfterValidator(_price)]
PricePoints = Annotated[int, Field(ge=1, le=MAX_AMOUNT)]


class PriceWish(Request):
    """A price. With a date it is a sale, in force from `starts_at` on and before `ends_at`; without, the regular one in its
    currency."""

    price: PriceAmount
    compare_at_price: PriceAmount | None = None
    starts_at: Moment | None = None
    ends_at: Moment | None = None

    def new(self) -> NewPrice:
        """As it is written. Raises CompareAtTooLow for another currency."""
        return NewPrice(
            currency=self.price.currency,
            amount=self.price.amount,
            compare_at_amount=compared(self.price, self.compare_at_price),
            starts_at=self.starts_at,
            ends_at=self.ends_at,
        )


class ListedPrice(Response):
    """A price of a variant: a sale when it has dates."""

    price: Money
    compare_at_price: Money | None
    starts_at: datetime | None
    ends_at: datetime | None


def compared(price: Money, compare_at: Money | None) -> int | None:
    """What a price is compared with, in minor units. Raises CompareAtTooLow for another currency."""
    if compare_at is None:
        return None
    if compare_at.currency != price.currency:
        raise CompareAtTooLow
    return compare_at.amount


def check_prices(prices: Sequence[NewPrice]) -> None:
    """Raise PriceTwice, CompareAtTooLow, SaleDatesInvalid, SaleNotLower or TooManyPrices unless these can be a variant's. Pure."""
    if len(prices) > MAX_PRICES:
        raise TooManyPrices(max_prices=MAX_PRICES)
    regular: dict[str, int] = {}
    for price in prices:
        if price.compare_at_amount is not None and price.compare_at_amount < price.amount:
            raise CompareAtTooLow
        if is_regular(price):
            if price.currency in regular:
                raise PriceTwice(currency=price.currency)
            regular[price.currency] = price.amount
    for sale in prices:
        if is_regular(sale):
            continue
        if sale.starts_at and sale.ends_at and sale.starts_at >= sale.ends_at:
            raise SaleDatesInvalid
        if sale.currency not in regular or sale.amount >= regular[sale.currency]:
            raise SaleNotLower(currency=sale.currency)


def is_regular(price: NewPrice) -> bool:
    """Whether a price has no dates."""
    return price.starts_at is None and price.ends_at is None


_READ = """
    SELECT id, currency, amount, compare_at_amount, starts_at, ends_at FROM catalog.variant_prices
     WHERE variant_id = %(variant)s ORDER BY currency, starts_at NULLS FIRST, id
"""
_DELETE = "DELETE FROM catalog.variant_prices WHERE variant_id = %(variant)s AND id <> ALL (%(kept)s)"
_WRITE = """
    INSERT INTO catalog.variant_prices AS x
        (id, variant_id, currency, amount, compare_at_amount, starts_at, ends_at, created_at)
    SELECT id, %(variant)s, currency, amount, compare_at_amount, starts_at, ends_at, %(now)s
      FROM jsonb_to_recordset(%(rows)s::jsonb)
        AS r(id uuid, currency char(3), amount bigint, compare_at_amount bigint, starts_at timestamptz,
             ends_at timestamptz)
    ON CONFLICT (brand_id, id) DO UPDATE
       SET amount = excluded.amount, compare_at_amount = excluded.compare_at_amount,
           starts_at = excluded.starts_at, ends_at = excluded.ends_at
     WHERE (x.amount, x.compare_at_amount, x.starts_at, x.ends_at)
           IS DISTINCT FROM (excluded.amount, excluded.compare_at_amount, excluded.starts_at, excluded.ends_at)
"""


def prices_of(work: Work, variant_id: UUID) -> list[NewPrice]:
    """The variant's prices."""
    return [_new(row) for row in work.all(_READ, variant=variant_id)]


def replace_prices(work: Work, variant_id: UUID, prices: Sequence[NewPrice]) -> None:
    """Give the variant these prices and no others. One that stays what it was (in its currency the regular one, or the sale of the
    same beginning, or of the same end) stays the same price, which its history goes on from. The product is locked."""
    known = work.all(_READ, variant=variant_id)
    rows = []
    for price in prices:
        same = max(known, key=lambda row: _likeness(row, price), default=None)
        if same is not None and _likeness(same, price):
            known.remove(same)
        else:
            same = None
        rows.append(asdict(price) | {"id": same.id if same else new_id(work.now)})
    work.run(_DELETE, variant=variant_id, kept=[row["id"] for row in rows])
    work.run(_WRITE, variant=variant_id, rows=json.dumps(rows, default=str), now=work.now)


def _likeness(row: Any, price: NewPrice) -> int:
    """How much of a known price a given one is: 0 is another one."""
    if row.currency != price.currency or is_regular(_new(row)) != is_regular(price):
        return 0
    begins, ends = row.starts_at == price.starts_at, row.ends_at == price.ends_at
    if begins and ends:
        return 3
    return 2 if begins and price.starts_at else 1 if ends and price.ends_at else 0


def _new(row: Any) -> NewPrice:
    return NewPrice(
        currency=row.currency,
        amount=row.amount,
        compare_at_amount=row.compare_at_amount,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
    )
