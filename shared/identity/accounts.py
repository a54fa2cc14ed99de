"""Accounts: users with their role, and the buyers' records that go with them."""

from typing import Any
from uuid import UUID

from psycopg.errors import UniqueViolation

from shared.identity import passwords
from shared.identity.permissions import STAFF, Role
from shared.kernel.emails import email_key
from shared.kernel.ids import new_id
from shared.kernel.refusals import Refusal
from shared.platform.work import Work

_ADD_USER = """
    INSERT INTO identity.users
        (id, email, email_key, email_verified_at, name, locale, password_hash, is_platform, created_at, updated_at)
    VALUES (%(id)s, %(email)s, %(email_key)s, %(now)s, %(name)s, %(locale)s, %(password_hash)s, %(is_platform)s,
            %(now)s, %(now)s)
"""
_ADD_MEMBERSHIP = """
    INSERT INTO identity.memberships (user_id, role, created_at, updated_at) VALUES (%(user_id)s, %(role)s, %(now)s, %(now)s)
"""
_ADD_CUSTOMER = """
    INSERT INTO identity.customers
        (id, user_id, email, email_key, first_name, last_name, phone, locale, created_at, updated_at)
    VALUES (%(id)s, %(user_id)s, %(email)s, %(email_key)s, %(first_name)s, %(last_name)s, %(phone)s, %(locale)s, %(now)s,
            %(now)s)
"""
# The no-op update makes the row that is already there come back.
_ADD_GUEST = f"""
    {_ADD_CUSTOMER}
    ON CONFLICT (brand_id, email_key) WHERE user_id IS NULL DO UPDATE SET email_key = excluded.email_key
    RETURNING id
"""


class EmailTaken(Refusal):
    """An account has proved this email address already."""


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
    """A user with a verified address and a staff role; answers its id. Raises EmailTaken (the transaction is over then), WeakPassword.

    For whoever may vouch for the address: a loader or an invitation, never a registration.
    """
    if role not in STAFF or role is Role.PLATFORM:
        raise ValueError(f"{role} is not a staff role; platform is a flag")
    user_id = _add_user(work, email, password, name, locale, platform)
    work.run(_ADD_MEMBERSHIP, user_id=user_id, role=role, now=work.now)
    return user_id


def create_customer_account(
    work: Work,
    email: str,
    password: str,
    first_name: str,
    last_name: str,
    *,
    phone: str | None = None,
    locale: str | None = None,
) -> tuple[UUID, UUID]:
    """A user with a verified address and its buyer's record; answers both ids (user, customer).

    Raises EmailTaken, WeakPassword. For whoever may vouch for the address, as `create_staff`.
    """
    user_id = _add_user(work, email, password, f"{first_name} {last_name}".strip(), locale, False)
    customer = _customer(work, user_id, email, first_name, last_name, phone, locale)
    work.run(_ADD_CUSTOMER, **customer)
    return user_id, customer["id"]


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
        _ADD_GUEST, **_customer(work, None, email, first_name, last_name, phone, locale)
    )
    return customer_id


def _add_user(work: Work, email: str, password: str, name: str, locale: str | None, platform: bool) -> UUID:
    passwords.check_new(password)
    user_id = new_id(work.now)
    try:
        work.run(
            _ADD_USER,
            id=user_id,
            email=email.strip(),
            email_key=email_key(email),
            name=name,
            locale=locale or work.brand.locale,
            password_hash=passwords.hash_password(password),
            is_platform=platform,
            now=work.now,
        )
    except UniqueViolation as error:
        raise EmailTaken from error
    return user_id


def _customer(
    work: Work,
    user_id: UUID | None,
    email: str,
    first_name: str,
    last_name: str,
    phone: str | None,
    locale: str | None,
) -> dict[str, Any]:
    return {
        "id": new_id(work.now),
        "user_id": user_id,
        "email": email.strip(),
        "email_key": email_key(email),
        "first_name": first_name,
        "last_name": last_name,
        "phone": phone,
        "locale": locale or work.brand.locale,
        "now": work.now,
    }
