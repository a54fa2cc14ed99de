"""What staff say of a promotion, and what of it goes together. Pure."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Literal, NamedTuple
from uuid import UUID

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints

from shared.billing.promotions.codes import normal
from shared.billing.promotions.offers import AppliesTo
from shared.billing.promotions.refusals import PromotionInconsistent
from shared.kernel.money import Money
from shared.platform.models import MAX_AMOUNT, Change, Moment, Request, Response, ShortText

_MOST_CURRENCIES, _MOST_TARGETS, _MOST_METADATA = 20, 200, 20
_MOST_USES = 1_000_000_000
_PERCENT = 100


def _code(typed: str) -> str:
    code = normal(typed)
    if code is None:
        raise ValueError("a code has 2 to 40 letters, digits, hyphens and underscores")
    return code


def _number(value: Any) -> Any:
    if not isinstance(value, int | float | Decimal) or isinstance(value, bool):
        raise ValueError("a percentage is a number")
    return value


def _in_a_list(value: Any) -> Any:
    return [value] if isinstance(value, dict | Money) else value


def _by_currency(amounts: list[Money]) -> list[Money]:
    if len({each.currency for each in amounts}) < len(amounts):
        raise ValueError("one amount for each currency")
    if any(not 0 < each.amount <= MAX_AMOUNT or not _is_currency(each.currency) for each in amounts):
        raise ValueError("amounts are above zero, in minor units of an ISO 4217 currency")
    return sorted(amounts, key=lambda each: each.currency)


def _is_currency(text: str) -> bool:
    return len(text) == 3 and text.isascii() and text.isalpha() and text.isupper()


def _different(ids: list[UUID]) -> list[UUID]:
    return list(dict.fromkeys(ids))


type Type = Literal["percentage", "fixed"]
Code = Annotated[str, StringConstraints(max_length=64), AfterValidator(_code)]
# One alone may stand without its list.
Amounts = Annotated[
    list[Money], Field(max_length=_MOST_CURRENCIES), BeforeValidator(_in_a_list), AfterValidator(_by_currency)
]
Percent = Annotated[
    Decimal, Field(gt=0, le=_PERCENT, decimal_places=2, strict=False), BeforeValidator(_number)
]
Targets = Annotated[list[UUID], Field(max_length=_MOST_TARGETS), AfterValidator(_different)]
Limit = Annotated[int, Field(ge=1, le=_MOST_USES)]
Metadata = Annotated[
    dict[Annotated[str, StringConstraints(min_length=1, max_length=40)], ShortText],
    Field(max_length=_MOST_METADATA),
]


class PromotionWish(Request):
    """A new promotion. `value`: per cent off (up to two decimals), or of a `fixed` one the amount off for each currency.

    Without a `code` it has unique codes only, or applies by itself (`is_auto_apply`). Without targets it is for everything;
    `minimum_amount`: what the goods it is for must cost before discounts; `budget`: what it may give in all. `stackable` ones go
    together, any other stands alone. It starts at once unless `starts_at` says otherwise.
    """

    code: Code | None = None
    name: ShortText
    type: Type
    value: Percent | Amounts
    applies_to: AppliesTo = "orders"
    product_ids: Targets = Field([])
    category_ids: Targets = Field([])
    service_ids: Targets = Field([])
    plan_ids: Targets = Field([])
    minimum_amount: Amounts = Field([])
    budget: Amounts = Field([])
    max_uses: Limit | None = None
    max_uses_per_user: Limit | None = None
    new_customers_only: bool = False
    is_auto_apply: bool = False
    stackable: bool = False
    is_active: bool = True
    starts_at: Moment | None = None
    ends_at: Moment | None = None
    metadata: Metadata = Field({})


class PromotionChange(Change):
    """What changes. Orders that were placed keep what they were given."""

    clears: ClassVar[frozenset[str]] = frozenset({"code", "max_uses", "max_uses_per_user", "ends_at"})

    code: Code | None = None
    name: ShortText | None = None
    type: Type | None = None
    value: Percent | Amounts | None = None
    applies_to: AppliesTo | None = None
    product_ids: Targets | None = None
    category_ids: Targets | None = None
    service_ids: Targets | None = None
    plan_ids: Targets | None = None
    minimum_amount: Amounts | None = None
    budget: Amounts | None = None
    max_uses: Limit | None = None
    max_uses_per_user: Limit | None = None
    new_customers_only: bool | None = None
    is_auto_apply: bool | None = None
    stackable: bool | None = None
    is_active: bool | None = None
    starts_at: Moment | None = None
    ends_at: Moment | None = None
    metadata: Metadata | None = None


class Promotion(Response):
    """A promotion as staff see it. `current_uses` and `given` count orders that stand, paid or waiting for their payment;
    `unique_codes` and `unique_codes_used` the codes that serve once each."""

    id: UUID
    code: str | None
    name: str
    type: Type
    value: float | list[Money]
    applies_to: AppliesTo
    product_ids: list[UUID]
    category_ids: list[UUID]
    service_ids: list[UUID]
    plan_ids: list[UUID]
    minimum_amount: list[Money]
    budget: list[Money]
    max_uses: int | None
    max_uses_per_user: int | None
    new_customers_only: bool
    is_auto_apply: bool
    stackable: bool
    is_active: bool
    starts_at: datetime
    ends_at: datetime | None
    metadata: dict[str, str]
    current_uses: int
    given: list[Money]
    unique_codes: int
    unique_codes_used: int
    version: int
    created_at: datetime
    updated_at: datetime


class Term(NamedTuple):
    """What holds in one currency, in minor units; None where nothing does."""

    currency: str
    off_amount: int | None
    minimum_amount: int | None
    budget_amount: int | None


def merged(before: Promotion, change: PromotionChange) -> PromotionWish:
    """All of a promotion's terms, once changed."""
    kept = {name: getattr(before, name) for name in PromotionWish.model_fields}
    if isinstance(before.value, float):
        kept["value"] = Decimal(str(before.value))
    return PromotionWish.model_construct(**{**kept, **change.asked()})


def check(wish: PromotionWish, starts_at: datetime) -> None:
    """Raise PromotionInconsistent, with the reason, when the terms contradict each other."""
    amounts = wish.value if isinstance(wish.value, list) else []
    contradictions = (
        (
            wish.type == "percentage" and isinstance(wish.value, list),
            "The value of a percentage is a number.",
        ),
        (
            wish.type == "fixed" and not amounts,
            "The value of a fixed promotion is an amount for each currency.",
        ),
        (
            wish.type == "fixed"
            and not _currencies(wish.minimum_amount, wish.budget) <= _currencies(amounts),
            "A fixed promotion has a minimum or a budget only in a currency that it has an amount in.",
        ),
        (wish.is_auto_apply and wish.code is not None, "What applies by itself has no code."),
        (wish.ends_at is not None and wish.ends_at <= starts_at, "It ends after it starts."),
        (
            wish.new_customers_only and (wish.max_uses_per_user or 1) > 1,
            "Nobody is a new customer twice: one use per user is the most.",
        ),
    )
    for speaks, why in contradictions:
        if speaks:
            raise PromotionInconsistent(why)


def terms_of(wish: PromotionWish) -> list[Term]:
    """By currency, what was said of it."""
    off = {each.currency: each.amount for each in wish.value} if isinstance(wish.value, list) else {}
    least = {each.currency: each.amount for each in wish.minimum_amount}
    budget = {each.currency: each.amount for each in wish.budget}
    return [
        Term(currency, off.get(currency), least.get(currency), budget.get(currency))
        for currency in sorted({*off, *least, *budget})
    ]


def basis_points(value: Decimal | list[Money]) -> int | None:
    """A number of per cent in hundredths of one; None for amounts."""
    return None if isinstance(value, list) else int(value * 100)


def _currencies(*amounts: Iterable[Money]) -> set[str]:
    return {each.currency for some in amounts for each in some}
