"""Accounts: users with their role, and the buyers' records that go with them."""

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from psycopg.errors import UniqueViolation

from shared.identity import passwords
from shared.identity.email_addresses import account_key
from shared.identity.partners import PartnerRole, join
from shared.identity.permissions import STAFF, Role
from shared.kernel.ids import new_id
from shared.kernel.refusals import Refusal
from shared.platform.work import Work

_ADD_USER = """
    INSERT INTO identity.users
        (id, email, email_key, email_verified_at, name, locale, password_hash, is_platform, terms_version,
         terms_accepted_at, created_at, updated_at)
    VALUES (%(id)s, %(email)s, %(email_key)s, %(verified_at)s, %(name)s, %(locale)s, %(password_hash)s, %(is_platform)s,
            %(terms_version)s, %(terms_accepted_at)s, %(now)s, %(now)s)
"""
_SET_ROLE = """
    INSERT INTO identity.memberships (user_id, role, created_at, updated_at) VALUES (%(user_id)s, %(role)s, %(now)s, %(now)s)
    ON CONFLICT (brand_id, user_id) DO UPDATE SET updated_at = excluded.updated_at, role = excluded.role
"""
_ADD_CUSTOMER = """
    INSERT INTO identity.customers
        (id, user_id, email, email_key, first_name, last_name, phone, locale, wished_tier, wished_frequency, created_at,
         updated_at)
    VALUES (%(id)s, %(user_id)s, %(email)s, %(email_key)s, %(first_name)s, %(last_name)s, %(phone)s, %(locale)s,
            %(wished_tier)s, %(wished_frequency)s, %(now)s, %(now)s)
"""
# The no-op update makes the row that is already there come back.
_ADD_GUEST = f"""
    {_ADD_CUSTOMER}
    ON CONFLICT (brand_id, email_key) WHERE user_id IS NULL DO UPDATE SET email_key = excluded.email_key
    RETURNING id
"""


# Only staff open accounts without a password: who registers chooses one, and Google's are proved.
_WAITING = """
    SELECT id FROM identity.users
     WHERE email_key = %(email_key)s AND email_verified_at IS NULL AND password_hash IS NULL AND deleted_at IS NULL LIMIT 1
"""


class EmailTaken(Refusal):
    """An account has proved this email address already."""


class AccountWaiting(Refusal):
    """An account has been opened for this address already; its owner has yet to follow the mailed link."""


class Wish(NamedTuple):
    """What somebody wishes to subscribe to, and how often to pay (monthly, annual)."""

    tier: str | None = None
    frequency: str | None = None


def create_staff(
    work: Work,
    email: str,
    password: str,
    role: Role,
    name: str,
    *,
    locale: str | None = None,
    platform: bool = False,
) -> UUID:
    """A user with a verified address and a staff role; answers its id. Raises EmailTaken (the transaction is over then),
    WeakPassword, CommonPassword.

    For whoever may vouch for the address: a loader or an invitation, never a registration.
    """
    if role not in STAFF or role is Role.PLATFORM:
        raise ValueError(f"{role} is not a staff role; platform is a flag")
    user_id = add_user(
        work, email, name, password=password, locale=locale, verified_at=work.now, platform=platform
    )
    set_role(work, user_id, role)
    return user_id


def create_partner_user(
    work: Work,
    email: str,
    password: str,
    partner_id: UUID,
    role: PartnerRole,
    name: str,
    *,
    locale: str | None = None,
) -> UUID:
    """A user with a verified address who works for a partner; answers its id. Raises and is for whom `create_staff` is."""
    user_id = add_user(work, email, name, password=password, locale=locale, verified_at=work.now)
    join(work, user_id, partner_id, role)
    return user_id


def create_customer_account(
    work: Work,
    email: str,
    password: str | None,
    first_name: str,
    last_name: str,
    *,
    phone: str | None = None,
    locale: str | None = None,
) -> tuple[UUID, UUID]:
    """A user with a verified address and its buyer's record; answers both ids (user, customer). Without a password one comes
    in by other ways. Raises EmailTaken, WeakPassword, CommonPassword. For whoever may vouch for the address, as `create_staff`.
    """
    name = f"{first_name} {last_name}".strip()
    user_id = add_user(work, email, name, password=password, locale=locale, verified_at=work.now)
    return user_id, add_customer(work, user_id, email, first_name, last_name, phone=phone, locale=locale)


def guest_customer(
    work: Work,
    email: str,
    first_name: str,
    last_name: str,
    *,
    phone: str | None = None,
    locale: str | None = None,
) -> UUID:
    """The id of the buyer's record of this address without a login, made at the first purchase."""
    # One guest may not rewrite what another typed for the same address: the first names stay, an order keeps its own.
    customer_id: UUID = work.value(
        _ADD_GUEST, **_customer(work, None, email, first_name, last_name, phone, locale, Wish())
    )
    return customer_id


def add_user(
    work: Work,
    email: str,
    name: str,
    *,
    password: str | None,
    locale: str | None = None,
    verified_at: datetime | None,
    platform: bool = False,
    terms_version: str | None = None,
) -> UUID:
    """A login and nothing else; answers its id. `verified_at` None: somebody claims the address, and may not be its owner.

    Raises EmailTaken (the transaction is over then), WeakPassword, CommonPassword.
    """
    if password is not None:
        passwords.check_new(password, (email, name, work.brand.name))
    user_id = new_id(work.now)
    try:
        work.run(
            _ADD_USER,
            id=user_id,
            email=email.strip(),
            email_key=account_key(email),
            verified_at=verified_at,
            name=name,
            locale=locale or work.brand.locale,
            password_hash=passwords.hash_password(password) if password is not None else None,
            is_platform=platform,
            terms_version=terms_version,
            terms_accepted_at=work.now if terms_version else None,
            now=work.now,
        )
    except UniqueViolation as error:
        raise EmailTaken from error
    return user_id


def add_customer(
    work: Work,
    user_id: UUID,
    email: str,
    first_name: str,
    last_name: str,
    *,
    phone: str | None = None,
    locale: str | None = None,
    wish: Wish | None = None,
) -> UUID:
    """The buyer's record of a user, who has none yet; answers its id."""
    customer = _customer(work, user_id, email, first_name, last_name, phone, locale, wish or Wish())
    work.run(_ADD_CUSTOMER, **customer)
    customer_id: UUID = customer["id"]
    return customer_id


def check_none_waits(work: Work, email_key: str) -> None:
    """Raise AccountWaiting, with the `user_id`, when staff have opened an account for the address that nobody has proved yet."""
    if waiting := work.value(_WAITING, email_key=email_key):
        raise AccountWaiting(user_id=waiting)


def lock_address(work: Work, email_key: str) -> None:
    """Whoever makes something new of an address comes one after the other, and sees what the one before has made."""
    name = f"identity.address|{work.brand.id}|{email_key}"
    work.run("SELECT pg_advisory_xact_lock(hashtextextended(%(name)s, 0))", name=name)


def name_of(work: Work, user_id: UUID) -> str:
    """What a user is called; empty when they have not said, or do not exist."""
    return work.value("SELECT name FROM identity.users WHERE id = %(id)s", id=user_id) or ""


def set_role(work: Work, user_id: UUID, role: Role) -> None:
    """What the user is in the brand from now on."""
    work.run(_SET_ROLE, user_id=user_id, role=role, now=work.now)


def _customer(
    work: Work,
    user_id: UUID | None,
    email: str,
    first_name: str,
    last_name: str,
    phone: str | None,
    locale: str | None,
    wish: Wish,
) -> dict[str, Any]:
    return {
        "id": new_id(work.now),
        "user_id": user_id,
        "email": email.strip(),
        "email_key": account_key(email),
        "first_name": first_name,
        "last_name": last_name,
        "phone": phone,
        "locale": locale or work.brand.locale,
        "wished_tier": wish.tier,
        "wished_frequency": wish.frequency,
        "now": work.now,
    }
