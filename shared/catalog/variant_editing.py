"""Variants: what staff ask for, and how they are added, changed and taken away."""

import json
from collections.abc import Sequence
from typing import Annotated, Any, ClassVar, Literal
from uuid import UUID

from psycopg.errors import UniqueViolation
from pydantic import AfterValidator, ConfigDict, Field, JsonValue, StringConstraints

from shared.catalog.admin_products import AdminVariant, lock_product, read_product, touch, variant_of
from shared.catalog.creation import NewPrice, NewVariant, create_variants
from shared.catalog.events import ProductUpdatedV1, VariantRemovedV1
from shared.catalog.options import Options, check_distinct, choices_of, take_up_options
from shared.catalog.price_history import note_prices
from shared.catalog.price_lists import (
    PriceAmount,
    PricePoints,
    PriceWish,
    check_prices,
    compared,
    is_regular,
    prices_of,
    replace_prices,
)
from shared.catalog.publication import check_still_ready
from shared.catalog.refusals import CompareAtTooLow, SkuTaken, TooManyVariants
from shared.catalog.texts import Summary, one_line
from shared.kernel.ids import new_id
from shared.kernel.money import Money
from shared.platform.models import Change, Request
from shared.platform.versions import IfMatch
from shared.platform.work import Work

type TaxCategory = Literal["standard", "reduced", "intermediate", "super_reduced", "exempt"]

MAX_VARIANTS = 250
_MAX_GRAMS = 1_000_000


def _code(text: str) -> str:
    line = one_line(text)
    if not line:
        raise ValueError("there is nothing to read in this")
    return line


Sku = Annotated[str, StringConstraints(min_length=1, max_length=100), AfterValidator(_code)]
Barcode = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z-]{1,50}$")]
VariantTitle = Annotated[Summary, Field(max_length=300)]
Grams = Annotated[int, Field(ge=0, le=_MAX_GRAMS)]
Position = Annotated[int, Field(ge=0, le=1_000_000)]


_EXAMPLE: dict[str, JsonValue] = {
    "sku": "CAF-SAB-500G",
    "title": "500 g, en grains",
    "options": {"Poids": "500 g", "Mouture": "En grains"},
    "price": {"amount": 1850, "currency": "EUR"},
    "price_points": 185,
    "weight_g": 515,
    "tax_category": "reduced",
}
_CHANGE: dict[str, JsonValue] = {
    "prices": [
        {"price": {"amount": 990, "currency": "EUR"}},
        {"price": {"amount": 1090, "currency": "CHF"}},
        {
            "price": {"amount": 790, "currency": "EUR"},
            "starts_at": "2026-12-26T00:00:00+01:00",
            "ends_at": "2027-01-07T00:00:00+01:00",
        },
    ]
}


class VariantWish(Request):
    """What is to be sold: for money (`price`, `prices`), for points (`price_points`), or for either. `price` and
    `compare_at_price` are regular; `prices` are those in other currencies, and sales, which have dates."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    sku: Sku
    title: VariantTitle = ""
    options: Options = Field({})
    price: PriceAmount | None = None
    compare_at_price: PriceAmount | None = None
    prices: list[PriceWish] = Field([])
    price_points: PricePoints | None = None
    weight_g: Grams | None = None
    tax_category: TaxCategory = "standard"
    barcode: Barcode | None = None

    def new(self, variant_id: UUID) -> NewVariant:
        """As it is written. Raises what `check_prices` refuses by."""
        prices = [price.new() for price in self.prices]
        if self.price is not None:
            amount = compared(self.price, self.compare_at_price)
            regular = NewPrice(
                currency=self.price.currency, amount=self.price.amount, compare_at_amount=amount
            )
            prices.insert(0, regular)
        elif self.compare_at_price is not None:
            raise CompareAtTooLow
        check_prices(prices)
        given = self.model_dump(exclude={"price", "compare_at_price", "prices"})
        return NewVariant(id=variant_id, prices=tuple(prices), **given)


class VariantChange(Change):
    """What changes. `price` is the regular one in its currency, `compare_at_price` what that one is compared with; `prices` replaces
    all others, and the regular one in the brand's currency too if it names one. `price: null` takes that one away."""

    model_config = ConfigDict(json_schema_extra={"examples": [_CHANGE]})

    clears: ClassVar[frozenset[str]] = frozenset(
        {"price", "compare_at_price", "price_points", "weight_g", "barcode"}
    )

    sku: Sku | None = None
    title: VariantTitle | None = None
    options: Options | None = None
    price: PriceAmount | None = None
    compare_at_price: PriceAmount | None = None
    prices: list[PriceWish] | None = None
    price_points: PricePoints | None = None
    weight_g: Grams | None = None
    tax_category: TaxCategory | None = None
    barcode: Barcode | None = None
    position: Position | None = None


_PRICED = ("price", "compare_at_price", "prices")
_UPDATE = """
    UPDATE catalog.product_variants
       SET sku = %(sku)s, title = %(title)s, options = %(options)s::jsonb, price_points = %(price_points)s,
           weight_g = %(weight_g)s, tax_category = %(tax_category)s, barcode = %(barcode)s, position = %(position)s,
           updated_at = %(now)s
     WHERE id = %(id)s
"""


def add_variant(work: Work, product_id: UUID, ask: VariantWish, expected: IfMatch) -> AdminVariant:
    """Add a variant behind the others. Raises ProductNotFound, VersionStale, TooManyVariants, VariantExists, SkuTaken, and what
    `check_prices` refuses by."""
    product = lock_product(work, product_id, expected)
    known = choices_of(work, product_id)
    if len(known) >= MAX_VARIANTS:
        raise TooManyVariants(max_variants=MAX_VARIANTS)
    check_distinct([*(each.options for each in known), ask.options])
    new = ask.new(new_id(work.now))
    try:
        create_variants(work, product_id, [new])
    except UniqueViolation as error:
        raise SkuTaken(sku=ask.sku) from error
    take_up_options(work, product_id, ask.options)
    _changed(work, product, ["variants"])
    return variant_of(read_product(work, product_id), new.id)


def change_variant(
    work: Work, product_id: UUID, variant_id: UUID, ask: VariantChange, expected: IfMatch
) -> tuple[AdminVariant, AdminVariant]:
    """Change what is asked for; answers what it was and is. Raises ProductNotFound, VersionStale, VariantUnknown, VariantExists,
    SkuTaken, ProductNotReady, and what `check_prices` refuses by."""
    product = lock_product(work, product_id, expected)
    before = variant_of(read_product(work, product_id), variant_id)
    asked = ask.asked()
    if "options" in asked:
        others = [each.options for each in choices_of(work, product_id) if each.variant_id != variant_id]
        check_distinct([*others, asked["options"]])
        take_up_options(work, product_id, asked["options"])
    _update(work, before, {name: value for name, value in asked.items() if name not in _PRICED})
    repriced = any(name in asked for name in _PRICED)
    if repriced:
        wanted = repriced_list(prices_of(work, variant_id), ask, work.brand.currency)
        check_prices(wanted)
        replace_prices(work, variant_id, wanted)
    check_still_ready(work, product)
    _changed(work, product, ["variants", "prices"] if repriced else ["variants"])
    return before, variant_of(read_product(work, product_id), variant_id)


def remove_variant(work: Work, product_id: UUID, variant_id: UUID, expected: IfMatch) -> AdminVariant:
    """Take a variant away that nobody has ordered, which the caller has seen to. Raises ProductNotFound, VersionStale,
    VariantUnknown, ProductNotReady."""
    product = lock_product(work, product_id, expected)
    before = variant_of(read_product(work, product_id), variant_id)
    work.run("DELETE FROM catalog.product_variants WHERE id = %(id)s", id=variant_id)
    check_still_ready(work, product)
    _changed(work, product, ["variants"])
    work.tell(VariantRemovedV1(product_id=product_id, variant_id=variant_id), key=str(product_id))
    return before


def repriced_list(known: Sequence[NewPrice], ask: VariantChange, currency: str) -> list[NewPrice]:
    """The prices that a change leaves, in a shop of this currency. Pure. Raises CompareAtTooLow."""
    asked = ask.asked()
    prices = _replaced(known, asked["prices"], currency) if "prices" in asked else list(known)
    price: Money | None = asked.get("price")
    compare_at: Money | None = asked.get("compare_at_price")
    regular = price.currency if price else compare_at.currency if compare_at else currency
    if "price" not in asked and "compare_at_price" not in asked:
        return prices
    at = next((i for i, each in enumerate(prices) if is_regular(each) and each.currency == regular), None)
    was = prices.pop(at) if at is not None else None
    if "price" in asked and price is None:
        return prices
    amount = price.amount if price else was.amount if was else None
    if amount is None:
        raise CompareAtTooLow
    against = was.compare_at_amount if was else None
    if "compare_at_price" in asked:
        against = compared(Money(amount, regular), compare_at)
    return [NewPrice(currency=regular, amount=amount, compare_at_amount=against), *prices]


def _replaced(known: Sequence[NewPrice], given: Sequence[PriceWish], currency: str) -> list[NewPrice]:
    prices = [price.new() for price in given]
    own = [price for price in known if is_regular(price) and price.currency == currency]
    named = any(is_regular(price) and price.currency == currency for price in prices)
    return prices if named else [*own, *prices]


def _update(work: Work, before: AdminVariant, asked: dict[str, Any]) -> None:
    fields = ("sku", "title", "options", "price_points", "weight_g", "tax_category", "barcode", "position")
    wanted = before.model_dump(include=set(fields)) | asked
    wanted["options"] = json.dumps(wanted["options"])
    try:
        work.run(_UPDATE, id=before.id, now=work.now, **wanted)
    except UniqueViolation as error:
        raise SkuTaken(sku=wanted["sku"]) from error


def _changed(work: Work, product: Any, changed: list[str]) -> None:
    note_prices(work, [product.id])
    touch(work, product.id)
    work.tell(
        ProductUpdatedV1(product_id=product.id, slug=product.slug, status=product.status, changed=changed),
        key=str(product.id),
    )
