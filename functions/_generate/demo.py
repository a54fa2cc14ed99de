"""What samples and examples are about, by the names that fields and path parameters bear: the demo brand, and of what it
opens without (carts, orders) one of each."""

from typing import Any

from local.demo import ids
from local.demo.brands import CUSTOMER, PARTNER_OWNER, PASSWORD, STAFF
from local.demo.promotions import GROCERY_CODE, WELCOME_CODE

_NEW_PASSWORD = "another-demo-Passw0rd!"
_EMAIL, _FIRST_NAME, _LAST_NAME = CUSTOMER
_BRAND = str(ids.DEMO_BRAND)
# Of the kind of `local.demo.ids`; tests/architecture makes them exist.
_CART, _ITEM, _ORDER, _PAYMENT, _SESSION = (
    f"01932f00-0000-7100-8000-{number:012x}" for number in range(1, 6)
)
_CUSTOMER, _USER, _SUPPORT, _ADDRESS, _API_KEY, _PRIVACY_REQUEST = (
    f"01932f00-0000-7300-8000-{number:012x}" for number in range(1, 7)
)
_OUTBOX_EVENT, _WEBHOOK_EVENT, _ALERT = (f"01932f00-0000-7200-8000-{number:012x}" for number in range(1, 4))

_HUB, _OTHER_HUB = (f"01932f00-0000-7500-8000-{number:012x}" for number in range(1, 3))

_REDIRECT, _SPARE_PRODUCT, _SPARE_VARIANT = (
    f"01932f00-0000-7400-8000-{number:012x}" for number in range(1, 4)
)

_IMAGE, _JOB, _IMPORT = (f"01932f00-0000-7600-8000-{number:012x}" for number in range(1, 4))

_PAID_ORDER, _CALLED_OFF_ORDER, _WITHDRAWAL, _BUYING_CART = (
    f"01932f00-0000-7700-8000-{number:012x}" for number in range(1, 5)
)

_LEFT_CART = "01932f00-0000-7a00-8000-000000000001"

_INVOICE, _UNFILED_INVOICE = (f"01932f00-0000-7d00-8000-{number:012x}" for number in range(1, 3))

_REVIEW = "01932f00-0000-7900-8000-000000000001"

_SHIPPED_ORDER, _SHIPMENT, _CARRIER_WEBHOOK = (
    f"01932f00-0000-7c00-8000-{number:012x}" for number in range(1, 4)
)

_PROMOTION, _SPARE_PROMOTION, _PROMOTED_CART = (
    f"01932f00-0000-7b00-8000-{number:012x}" for number in range(1, 4)
)

# Values that a request or an event may carry. A `${NAME}` is put in by whoever sends the sample: it is a secret or passes.
FACTS: dict[str, Any] = {
    "brand_id": _BRAND,
    "product_id": str(ids.product(1)),
    "variant_id": str(ids.COFFEE_VARIANT),
    "cart_id": _CART,
    "item_id": _ITEM,
    "order_id": _ORDER,
    "review_id": _REVIEW,
    "invoice_id": _INVOICE,
    "promotion_id": _PROMOTION,
    "payment_id": _PAYMENT,
    "session_id": _SESSION,
    "customer_id": _CUSTOMER,
    "user_id": _USER,
    "address_id": _ADDRESS,
    "shipment_id": _SHIPMENT,
    "webhook_id": _CARRIER_WEBHOOK,
    "carrier": "sendcloud",
    "api_key_id": _API_KEY,
    "privacy_request_id": _PRIVACY_REQUEST,
    "category_id": str(ids.category(1)),
    "tag_id": str(ids.tag(1)),
    "redirect_id": _REDIRECT,
    "image_id": _IMAGE,
    "alt": "Un paquet de café en grains",
    "job_id": _JOB,
    "entity_type": "product",
    "entity_id": str(ids.product(1)),
    "location_id": _HUB,
    "from_location_id": _HUB,
    "to_location_id": _OTHER_HUB,
    "safety_stock": 2,
    "low_threshold": 5,
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
    "confirm_checkout": {"cart_id": _BUYING_CART},
    "refund_order": {"order_id": _PAID_ORDER},
    "cancel_order": {"order_id": _CALLED_OFF_ORDER},
    "change_order_status": {"order_id": _PAID_ORDER, "status": "preparing"},
    "create_shipments": {
        "order_id": _SHIPPED_ORDER,
        "carrier": "Colissimo",
        "tracking_number": "6A12345678901",
    },
    "change_shipment": {"order_id": _SHIPPED_ORDER, "status": "delivered", "carrier": "Colissimo"},
    "get_shipment_label": {"order_id": _SHIPPED_ORDER},
    "answer_withdrawal": {"order_id": _PAID_ORDER, "withdrawal_id": _WITHDRAWAL},
    "get_own_order": {"order_id": _PAID_ORDER},
    "get_own_invoice": {"order_id": _PAID_ORDER},
    "get_order_invoice": {"order_id": _PAID_ORDER},
    "get_guest_invoice": {"token": "${ORDER_TOKEN}"},
    "on_invoice_issued": {"invoice_id": _UNFILED_INVOICE},
    "on_invoice_due": {"order_id": _PAID_ORDER},
    "request_withdrawal": {"order_id": _PAID_ORDER},
    "get_guest_order": {"token": "${ORDER_TOKEN}"},
    "request_guest_withdrawal": {"token": "${ORDER_TOKEN}"},
    "on_order_progressed": {"order_id": _PAID_ORDER, "withdrawal_id": _WITHDRAWAL},
    "on_image_uploaded": {"upload_id": _IMAGE},
    "on_import_uploaded": {"upload_id": _IMPORT},
    "sign_in_staff": {"email": next(iter(STAFF))},
    "sign_in_partner": {"email": PARTNER_OWNER[0]},
    "change_password": {"current_password": PASSWORD, "new_password": _NEW_PASSWORD},
    "reset_password": {"token": "${RESET_TOKEN}", "password": _NEW_PASSWORD},
    "verify_email": {"token": "${VERIFICATION_TOKEN}"},
    "consume_magic_link": {"token": "${MAGIC_LINK_TOKEN}"},
    "accept_invitation": {"token": "${INVITATION_TOKEN}"},
    "verify_mfa": {"mfa_token": "${MFA_TOKEN}", "code": "${RECOVERY_CODE}"},
    "confirm_mfa": {"code": "${TOTP_CODE}"},
    "run_schedule": {"name": "relay_outbox"},
    "replay_outbox_event": {"id": _OUTBOX_EVENT},
    "replay_webhook_event": {"id": _WEBHOOK_EVENT},
    "acknowledge_alert": {"id": _ALERT},
    "moderate_review": {"id": _REVIEW},
    "submit_review": {"slug": "miel-des-ardennes", "rating": 5},
    "dismiss_staff": {"id": _SUPPORT},
    "process_privacy_request": {"id": _PRIVACY_REQUEST},
    "create_user": {"email": "zoe@demo.test"},
    "change_customer": {"email": "lea@demo.test"},
    "create_brand": {"slug": "atelier"},
    "create_promotion": {"code": "AUTOMNE", "type": "percentage", "value": 15},
    "change_promotion": {"code": "BIENVENUE", "type": "percentage", "value": 15},
    "delete_promotion": {"promotion_id": _SPARE_PROMOTION},
    "create_promotion_codes": {"count": 100, "prefix": "AMIS"},
    "check_promotion": {"code": WELCOME_CODE, "cart_id": _CART},
    "apply_promotion": {"code": WELCOME_CODE},
    "remove_promotion": {"cart_id": _PROMOTED_CART, "code": GROCERY_CODE},
    "delete_product": {"product_id": _SPARE_PRODUCT},
    "remove_variant": {"product_id": _SPARE_PRODUCT, "variant_id": _SPARE_VARIANT},
    "create_category": {"slug": "cafes"},
    "change_category": {"slug": "epicerie-fine"},
    "create_tag": {"slug": "grand-cru"},
    "change_tag": {"slug": "fait-chez-nous"},
    "record_stock_movement": {"reason": "delivery"},
    "transfer_stock": {"reason": "nearer to who buys it"},
    "ask_for_restock_mail": {"slug": ids.SOLD_OUT_SLUG, "variant_id": str(ids.SOLD_OUT_VARIANT)},
    "recover_cart": {"token": "${RECOVERY_TOKEN}"},
    "get_admin_cart": {"cart_id": _LEFT_CART},
    "send_recovery_email": {"cart_id": _LEFT_CART},
    "download_privacy_file": {"token": "${DOWNLOAD_TOKEN}"},
}

# How callers show who they are, by the name of their class.
TOKENS: dict[str, dict[str, str]] = {
    "Staff": {"authorization": "Bearer ${STAFF_TOKEN}"},
    "Member": {"authorization": "Bearer ${MEMBER_TOKEN}"},
    "CartHolder": {"x-cart-token": "${CART_TOKEN}"},
}

# How a function's own sample shows it instead.
HEADERS: dict[str, dict[str, str]] = {
    "merge_cart": {"authorization": "Bearer ${MEMBER_TOKEN}", "x-cart-token": "${CART_TOKEN}"},
    "confirm_checkout": {"x-cart-token": "${BUYING_CART_TOKEN}"},
    "check_promotion": {"x-cart-token": "${CART_TOKEN}"},
    "remove_promotion": {"x-cart-token": "${PROMOTED_CART_TOKEN}"},
    "enrol_mfa": {"authorization": "Bearer ${FRESH_TOKEN}"},
    "confirm_mfa": {"authorization": "Bearer ${ENROLLING_TOKEN}"},
    "disable_mfa": {"authorization": "Bearer ${ENROLLED_TOKEN}"},
    "list_brands": {"authorization": "Bearer ${PLATFORM_TOKEN}"},
    "create_brand": {"authorization": "Bearer ${PLATFORM_TOKEN}"},
    "close_account": {"authorization": "Bearer ${CLOSING_TOKEN}"},
}

# What a browser brings along that follows a link of ours, or comes back from Google.
QUERIES: dict[str, dict[str, str]] = {
    "show_unsubscribe": {"token": "restock.${UNSUBSCRIBE_TOKEN}"},
    "unsubscribe": {"token": "restock.${UNSUBSCRIBE_TOKEN}"},
    "finish_google_sign_in": {"state": "${GOOGLE_STATE}", "code": "${GOOGLE_CODE}"},
}
COOKIES: dict[str, list[str]] = {"finish_google_sign_in": ["${GOOGLE_COOKIE}"]}

# Bodies that a story reads by itself, and how their sender shows that they are his.
RAW_BODIES: dict[str, tuple[dict[str, str], dict[str, Any]]] = {
    "receive_carrier_webhook": (
        {"sendcloud-signature": "${SENDCLOUD_SIGNATURE}"},
        {
            "action": "parcel_status_changed",
            "timestamp": 1795168800000,
            "parcel": {
                "tracking_number": "6A12345678901",
                "status": {"id": 91, "message": "Parcel en route"},
            },
        },
    ),
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
    "receive_paypal_webhook": (
        {
            "paypal-transmission-id": "${PAYPAL_TRANSMISSION}",
            "paypal-transmission-time": "${PAYPAL_TIME}",
            "paypal-transmission-sig": "${PAYPAL_SIGNATURE}",
            "paypal-auth-algo": "SHA256withRSA",
            "paypal-cert-url": "${PAYPAL_CERTIFICATE}",
        },
        {
            "id": "WH-SAMPLE",
            "event_version": "1.0",
            "event_type": "PAYMENT.CAPTURE.COMPLETED",
            "resource_type": "capture",
            "resource": {
                "id": "2GG279541U471931P",
                "status": "COMPLETED",
                "amount": {"currency_code": "EUR", "value": "19.99"},
                "custom_id": f"demo.{_PAYMENT}",
                "supplementary_data": {"related_ids": {"order_id": "5O190127TN364715T"}},
            },
        },
    ),
}
