"""A new cart: its currency and the language its buyer reads."""

import re
from datetime import datetime

from shared.cart.records import CartRecord
from shared.cart.refusals import CurrencyNotOffered
from shared.kernel.ids import new_id
from shared.platform.brands import Brand

_LANGUAGE_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,2}\Z")
_LONGEST_TAG = 20


def new_cart(
    brand: Brand,
    now: datetime,
    *,
    currency: str | None,
    email: str | None,
    locale: str | None,
    languages: str,
) -> CartRecord:
    """An empty cart. Without a `currency` or `locale` it has the brand's own currency, and the first of the browser's
    `languages` (an Accept-Language header), else the brand's. Raises CurrencyNotOffered."""
    chosen = currency or brand.currency
    if chosen != brand.currency and chosen not in brand.settings.get("currencies", ()):
        raise CurrencyNotOffered
    return CartRecord(
        id=new_id(now),
        status="active",
        currency=chosen,
        locale=locale or preferred_language(languages) or brand.locale,
        email=email,
        customer_id=None,
        promotion_codes=[],
        country=None,
        postcode=None,
        order_id=None,
        held_longer_at=None,
        last_activity_at=now,
        active_before=now,
    )


def preferred_language(languages: str) -> str | None:
    """The language tag that an Accept-Language header (RFC 9110 §12.5.4) wants most, if it names a harmless one."""
    wanted: list[tuple[float, str]] = []
    for part in languages[:1000].split(","):
        tag, _, weight = part.partition(";")
        if _LANGUAGE_TAG.match(tag.strip()) and len(tag.strip()) <= _LONGEST_TAG:
            wanted.append((_weight(weight), tag.strip()))
    # max keeps the first of equals: browsers list their user's languages in order.
    best = max(wanted, key=lambda each: each[0], default=(0.0, ""))
    return best[1] if best[0] > 0 else None


def _weight(parameter: str) -> float:
    name, _, value = parameter.strip().partition("=")
    if name != "q":
        return 1.0
    try:
        return min(1.0, max(0.0, float(value)))
    except ValueError:
        return 0.0
