"""The world that the sample events are about: the demo brand, and a cart and an order under the ids that they name."""

import hashlib
import hmac
import json
import time
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql

from functions._generate.demo import FACTS, OVERRIDES
from local.demo import brands, ids
from local.demo.load import load
from shared.identity.credentials import Account
from shared.identity.permissions import Role
from shared.platform.brands import Brand
from shared.platform.work import begin
from tests.accounts import session_of
from tests.architecture import sample_paypal
from tests.architecture.sample_carts import make_carts
from tests.architecture.sample_catalogue import make_catalogue
from tests.architecture.sample_invoices import make_invoices
from tests.architecture.sample_media import make_media
from tests.architecture.sample_orders import make_orders
from tests.architecture.sample_people import make_people
from tests.architecture.sample_promotions import make_promotions
from tests.architecture.sample_reviews import make_reviews
from tests.architecture.sample_shipments import sendcloud_signature
from tests.architecture.sample_stock import UNSUBSCRIBE_TOKEN, make_stock
from tests.architecture.sample_stuck import make_stuck
from tests.architecture.sample_ways_in import secrets_of_ways_in, session_to_end, totp_code
from tests.buyers import Buyer
from tests.local_stripe import WEBHOOK_SECRET

_ADMIN = OVERRIDES["sign_in_staff"]["email"]
_ID_COLUMNS = """
    SELECT a.attrelid::regclass::text, array_agg(quote_ident(a.attname))
      FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' AND a.atttypid = 'uuid'::regtype
       AND n.nspname !~ '^(pg_|information_schema$|public$)' GROUP BY 1
"""


@dataclass(frozen=True)
class World:
    """What senders of samples put in the place of `${NAME}`."""

    secrets: dict[str, str]

    def event(self, sample: dict[str, Any]) -> dict[str, Any]:
        """The sample as its sender would send it now."""
        filled = json.dumps(sample)
        for name, value in self.secrets.items():
            filled = filled.replace("${%s}" % name, value)  # noqa: UP031
        if "${STRIPE_SIGNATURE}" in filled:
            filled = filled.replace("${STRIPE_SIGNATURE}", _stripe_signature(sample["body"]))
        if "${SENDCLOUD_SIGNATURE}" in filled:
            filled = filled.replace("${SENDCLOUD_SIGNATURE}", sendcloud_signature(sample["body"]))
        filled = sample_paypal.signed(filled, str(sample.get("body", "")), self.secrets)
        if "${TOTP_CODE}" in filled:
            filled = filled.replace("${TOTP_CODE}", totp_code(self.secrets["TOTP_SECRET"]))
        event: dict[str, Any] = json.loads(filled)
        return event


def make_world(superuser: str) -> World:
    """Fill a migrated, empty database, which the environment already names, as it does Stripe."""
    load()
    brand = brands.DEMO
    working = session_of(brand, _account(brand, _ADMIN, Role.ADMIN))
    ada = _account(brand, FACTS["email"], Role.MEMBER)
    visiting = session_of(brand, ada)
    elsewhere = session_to_end(brand, ada)
    browsing, buying = Buyer.of(brand), Buyer.of(brand)
    line = browsing.add(ids.COFFEE_VARIANT, 2).body["items"][0]
    buying.add(ids.COFFEE_VARIANT)
    order = buying.check_out().body["order"]
    stuck = make_stuck(brand)
    people, theirs = make_people(brand)
    orders, opening = make_orders(brand)
    carts, reminding = make_carts(brand)
    catalogue = make_catalogue(brand)
    stock = make_stock(brand)
    media = make_media(brand)
    promotions, promoted = make_promotions(brand)
    with psycopg.connect(superuser, autocommit=True) as admin:
        _rename(
            admin,
            {
                browsing.cart_id: FACTS["cart_id"],
                line["id"]: FACTS["item_id"],
                order["id"]: FACTS["order_id"],
                order["payments"][0]["id"]: FACTS["payment_id"],
                str(elsewhere): FACTS["session_id"],
                buying.cart_id: OVERRIDES["confirm_checkout"]["cart_id"],
                **orders,
                **make_invoices(brand, orders),
                **carts,
                **make_reviews(brand),
                **stuck,
                **people,
                **catalogue,
                **stock,
                **media,
                **promotions,
            },
        )
    return World(
        {
            "STAFF_TOKEN": working.access_token,
            "MEMBER_TOKEN": visiting.access_token,
            "REFRESH_TOKEN": visiting.refresh_token,
            "CART_TOKEN": browsing.token,
            "BUYING_CART_TOKEN": buying.token,
            **opening,
            **reminding,
            **secrets_of_ways_in(brand),
            **sample_paypal.secrets_of_paypal(),
            **theirs,
            **promoted,
            "UNSUBSCRIBE_TOKEN": UNSUBSCRIBE_TOKEN,
        }
    )


def _account(brand: Brand, email: str, role: Role) -> Account:
    with begin(brand, "sample") as work:
        user_id = work.value("SELECT id FROM identity.users WHERE email = %(email)s", email=email)
    return Account(user_id, email, role)


def _rename(admin: psycopg.Connection, ids: dict[str, str]) -> None:
    """Give rows the ids that the samples name, wherever they are referred to."""
    old, new = list(ids), list(ids.values())
    with admin.transaction():
        admin.execute("SET LOCAL session_replication_role = replica")
        for table, columns in admin.execute(_ID_COLUMNS).fetchall():
            changed = sql.SQL(", ").join(
                sql.SQL(
                    "{0} = coalesce((%(new)s::uuid[])[array_position(%(old)s::uuid[], {0})], {0})"
                ).format(sql.SQL(column))
                for column in columns
            )
            admin.execute(
                sql.SQL("UPDATE {} SET {}").format(sql.SQL(table), changed), {"old": old, "new": new}
            )


def _stripe_signature(body: str) -> str:
    now = int(time.time())
    digest = hmac.digest(WEBHOOK_SECRET.encode(), f"{now}.{body}".encode(), hashlib.sha256).hex()
    return f"t={now},v1={digest}"
