"""A new cart: its currency and the language its buyer reads."""

from datetime import datetime

from shared.cart.records import CartRecord
from shared.cart.refusals import CurrencyNotOffered
from shared.kernel.ids import new_id
from shared.kernel.languages import preferred_language
from shared.platform.brands import Brand


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
