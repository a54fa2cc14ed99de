"""The demo's two brands and the people who may sign in to them."""

import json
from dataclasses import replace

from local.demo import ids
from local.google.provider import CLIENT_ID, CLIENT_SECRET
from local.sendcloud import parcels
from shared.identity.accounts import create_customer_account, create_partner_user, create_staff
from shared.identity.google import client_settings
from shared.identity.partners import PartnerRole
from shared.identity.permissions import Role
from shared.orders.carriers.accounts import sendcloud_settings
from shared.platform.brands import Brand
from shared.platform.work import Work

PASSWORD = "demo-Passw0rd!"
STAFF = {
    "admin@demo.test": (Role.ADMIN, "Agathe Delvaux"),
    "manager@demo.test": (Role.MANAGER, "Malik Renard"),
    "support@demo.test": (Role.SUPPORT, "Sofie Peeters"),
}
CUSTOMER = ("ada@demo.test", "Ada", "Lovelace")
PARTNER_OWNER = ("owner@partner.test", "Paola Marchetti")
OTHER_ADMIN = ("admin@other.test", "Otto Claes")

DEMO = Brand(
    id=ids.DEMO_BRAND,
    slug="demo",
    name="Comptoir de la Deûle",
    locale="fr",
    timezone="Europe/Paris",
    currency="EUR",
    store_url="https://shop.demo.test",
    settings={
        "mail": {
            "accent": "#33624f",
            "contact": "bonjour@demo.test",
            "postal_line": "12, quai du Wault · 59000 Lille · France",
        },
        # An invented business: its numbers are well formed and nobody's.
        "seller": {
            "name": "Comptoir de la Deûle SAS",
            "line1": "12, quai du Wault",
            "postcode": "59000",
            "city": "Lille",
            "country": "FR",
            "vat_number": "FR11123456782",
            "registration": "123456782",
            "email": "bonjour@demo.test",
            "iban": "FR7630006000011234567890189",
            "note": "SAS au capital de 10 000 € – RCS Lille 123 456 782",
        },
        "allowed_origins": ["http://localhost:5173", "http://127.0.0.1:5173"],
    },
)
OTHER = replace(
    DEMO,
    id=ids.OTHER_BRAND,
    slug="other",
    name="Maison du Quai",
    store_url="https://shop.other.test",
    settings={},
)

_OPEN = """
    INSERT INTO platform.brands (id, slug, name, locale, timezone, currency, store_url, settings, created_at)
    VALUES (%(id)s, %(slug)s, %(name)s, %(locale)s, %(timezone)s, %(currency)s, %(store_url)s, %(settings)s::jsonb, %(now)s)
    ON CONFLICT (id) DO NOTHING
"""
_CHOOSE = "UPDATE platform.brands SET settings = settings || %(settings)s::jsonb WHERE id = %(id)s"


def open_brand(work: Work, brand: Brand) -> None:
    """Write the brand's row; `work` is a sweep, since a brand cannot make itself."""
    work.run(
        _OPEN,
        id=brand.id,
        slug=brand.slug,
        name=brand.name,
        locale=brand.locale,
        timezone=brand.timezone,
        currency=brand.currency,
        store_url=brand.store_url,
        settings=json.dumps(brand.settings),
        now=work.now,
    )


def hire_staff(work: Work) -> None:
    """The demo's staff."""
    for email, (role, name) in STAFF.items():
        create_staff(work, email, PASSWORD, role, name)


def hire_other_admin(work: Work) -> None:
    """The other brand's administrator."""
    email, name = OTHER_ADMIN
    create_staff(work, email, PASSWORD, Role.ADMIN, name)


def hire_partner_owner(work: Work) -> None:
    """Who owns the demo's partner."""
    email, name = PARTNER_OWNER
    create_partner_user(work, email, PASSWORD, ids.PARTNER, PartnerRole.OWNER, name)


def offer_google(work: Work) -> None:
    """The demo brand's client of the local Google."""
    chosen = client_settings(DEMO.id, CLIENT_ID, CLIENT_SECRET)
    work.run(_CHOOSE, settings=json.dumps(chosen), id=DEMO.id)


def open_sendcloud_account(work: Work) -> None:
    """The demo brand's account with the local Sendcloud."""
    public_key, secret_key = parcels.ACCOUNT
    chosen = sendcloud_settings(
        DEMO.id, public_key, secret_key, parcels.SENDER_ADDRESS_ID, parcels.SHIPPING_OPTION
    )
    work.run(_CHOOSE, settings=json.dumps(chosen), id=DEMO.id)


def register_customer(work: Work) -> None:
    """The demo's customer."""
    email, first_name, last_name = CUSTOMER
    create_customer_account(work, email, PASSWORD, first_name, last_name)
