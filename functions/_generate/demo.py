"""What samples and examples are about, by the names that fields and path parameters bear."""

from typing import Any

_ID = "01980000-0000-7000-8000-0000000000%02d"

# Values that a request or an event may carry. A `${NAME}` is put in by whoever sends the sample: it is a secret or passes.
FACTS: dict[str, Any] = {
    "brand_id": _ID % 1,
    "product_id": _ID % 2,
    "variant_id": _ID % 3,
    "cart_id": _ID % 4,
    "item_id": _ID % 5,
    "order_id": _ID % 6,
    "payment_id": _ID % 7,
    "user_id": _ID % 8,
    "session_id": _ID % 9,
    "slug": "cahier-marine",
    "email": "ada@demo.test",
    "password": "demo-Passw0rd!",
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
    "first_name": "Ada",
    "last_name": "Byron",
    "line1": "1 rue de Rivoli",
    "postcode": "75001",
    "city": "Paris",
    "country": "FR",
    "proxy": "v1/store/products",
}

# What a function's own sample says instead.
OVERRIDES: dict[str, dict[str, Any]] = {
    "sign_in_staff": {"email": "admin@demo.test"},
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
                    "metadata": {"brand_id": _ID % 1, "order_id": _ID % 6, "payment_id": _ID % 7},
                }
            },
        },
    ),
}
