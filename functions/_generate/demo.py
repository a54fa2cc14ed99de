"""What samples and examples are about, by the names that fields and path parameters bear: the demo brand, and of what it
opens without (carts, orders) one of each."""

from typing import Any

from local.demo import ids
from local.demo.brands import CUSTOMER, PASSWORD, STAFF

_EMAIL, _FIRST_NAME, _LAST_NAME = CUSTOMER
_BRAND = str(ids.DEMO_BRAND)
# Of the kind of `local.demo.ids`; tests/architecture makes them exist.
_CART, _ITEM, _ORDER, _PAYMENT = (f"01932f00-0000-7100-8000-{number:012x}" for number in range(1, 5))

# Values that a request or an event may carry. A `${NAME}` is put in by whoever sends the sample: it is a secret or passes.
FACTS: dict[str, Any] = {
    "brand_id": _BRAND,
    "product_id": str(ids.product(1)),
    "variant_id": str(ids.COFFEE_VARIANT),
    "cart_id": _CART,
    "item_id": _ITEM,
    "order_id": _ORDER,
    "payment_id": _PAYMENT,
    "slug": ids.COFFEE_SLUG,
    "email": _EMAIL,
    "password": PASSWORD,
    "refresh_token": "${REFRESH_TOKEN}",
    "currency": "EUR",
    "locale": "fr",
    "amount": 1999,
    "quantity": 1,
    "gateway": "stripe",
    "provider": "stripe",
    "event_type": "payment_intent.succeeded",
    "reason": "unpaid",
    "shipping_option_id": "standard",
    "first_name": _FIRST_NAME,
    "last_name": _LAST_NAME,
    "line1": "1 rue de Rivoli",
    "postcode": "75001",
    "city": "Paris",
    "country": "FR",
    "proxy": "v1/store/products",
    "queue": "orders-on-order-paid",
}

# What a function's own sample says instead.
OVERRIDES: dict[str, dict[str, Any]] = {
    "sign_in_staff": {"email": next(iter(STAFF))},
    "run_schedule": {"name": "relay_outbox"},
}

# How callers show who they are, by the name of their class.
TOKENS: dict[str, dict[str, str]] = {
    "Staff": {"authorization": "Bearer ${STAFF_TOKEN}"},
    "Member": {"authorization": "Bearer ${MEMBER_TOKEN}"},
    "CartHolder": {"x-cart-token": "${CART_TOKEN}"},
}

# Bodies that a story reads by itself, and how their sender shows that they are his.
RAW_BODIES: dict[str, tuple[dict[str, str], dict[str, Any]]] = {
    "receive_stripe_webhook": (
        {"stripe-signature": "${STRIPE_SIGNATURE}"},
        {
            "id": "evt_sample",
            "object": "event",
            "type": "payment_intent.succeeded",
            "data": {
                "object": {
                    "id": "pi_sample",
                    "object": "payment_intent",
                    "metadata": {"brand_id": _BRAND, "order_id": _ORDER, "payment_id": _PAYMENT},
                }
            },
        },
    ),
}
