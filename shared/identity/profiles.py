"""An account as its owner sees and changes it."""

import json
from datetime import datetime
from typing import Annotated, Any, ClassVar
from uuid import UUID

from pydantic import StringConstraints

from shared.identity import consents
from shared.identity.buyers import own_customer
from shared.identity.callers import Member
from shared.identity.levels import still_to_come
from shared.identity.partners import PartnerRole, roles_of
from shared.identity.permissions import permissions_of
from shared.identity.postal_addresses import Name, Phone
from shared.identity.preferences import Preferences, PreferencesChange, check_currency, preferences_of
from shared.platform.models import Change, Response
from shared.platform.versions import IfMatch
from shared.platform.work import Work

# A page of ours or a CDN's; what shows it escapes it, and only https is followed.
WebAddress = Annotated[str, StringConstraints(pattern=r"^https://[^\s<>\"\\]+$", max_length=2048)]


class Entitlements(Response):
    """What the account may do now: `can_pay` needs a verified address, `kyc_level` is the highest identity check passed,
    `permissions` are those of staff."""

    level: str
    kyc_level: str | None
    can_pay: bool
    permissions: list[str]


class Account(Response):
    """The signed-in account."""

    id: UUID
    customer_id: UUID | None
    email: str
    email_verified: bool
    first_name: str
    last_name: str
    name: str
    phone: str | None
    avatar_url: str | None
    locale: str
    roles: list[str]
    level: str
    level_until: datetime | None
    marketing_opt_in: bool
    mfa_enabled: bool
    preferences: Preferences
    entitlements: Entitlements
    created_at: datetime
    version: int


class ProfileChange(Change):
    """What changes. The address to sign in with, roles and levels are not for their owner to change here."""

    clears: ClassVar[frozenset[str]] = frozenset({"phone", "avatar_url"})

    first_name: Name | None = None
    last_name: Name | None = None
    phone: Phone | None = None
    avatar_url: WebAddress | None = None
    marketing_opt_in: bool | None = None


_READ = """
    SELECT u.id, u.email, u.email_verified_at, u.name, u.avatar_url, u.locale, u.currency, u.timezone, u.display, u.version,
           u.created_at, c.id AS customer_id, c.first_name, c.last_name, c.phone, c.level, c.level_until, c.marketing_opt_in,
           EXISTS (SELECT FROM identity.mfa_factors f
                    WHERE f.user_id = u.id AND f.confirmed_at IS NOT NULL) AS mfa_enabled,
           (SELECT array_agg(DISTINCT k.level) FROM identity.kyc_checks k
             WHERE k.user_id = u.id AND k.status = 'verified') AS kyc_levels,
           (SELECT p.role FROM identity.partner_memberships p WHERE p.user_id = u.id) AS partner_role
      FROM identity.users u LEFT JOIN identity.customers c ON c.user_id = u.id
     WHERE u.id = %(user_id)s
"""
_LOCK = "SELECT version FROM identity.users WHERE id = %(user_id)s FOR UPDATE"


def account_of(work: Work, caller: Member) -> Account:
    """The caller's account."""
    row = _read(work, caller)
    level = row.level or "explorateur"
    return Account(
        id=row.id,
        customer_id=row.customer_id,
        email=row.email,
        email_verified=row.email_verified_at is not None,
        first_name=row.first_name or "",
        last_name=row.last_name or "",
        name=row.name,
        phone=row.phone,
        avatar_url=row.avatar_url,
        locale=row.locale,
        roles=list(roles_of(caller.role, PartnerRole.of(row.partner_role))),
        level=level,
        level_until=still_to_come(row.level_until, work.now),
        marketing_opt_in=bool(row.marketing_opt_in),
        mfa_enabled=row.mfa_enabled,
        preferences=preferences_of(row, work.brand),
        entitlements=Entitlements(
            level=level,
            # "complete" includes "light", and sorts before it.
            kyc_level=min(row.kyc_levels, default=None) if row.kyc_levels else None,
            can_pay=row.email_verified_at is not None,
            permissions=sorted(permissions_of(caller.role)),
        ),
        created_at=row.created_at,
        version=row.version,
    )


def change_profile(work: Work, caller: Member, ask: ProfileChange, expected: IfMatch) -> None:
    """Change what is asked for. Raises VersionStale."""
    _check(work, caller, expected)
    asked = ask.asked()
    granted = asked.pop("marketing_opt_in", None)
    customer_id = own_customer(work, caller) if asked.keys() - {"avatar_url"} or granted is not None else None
    before = _read(work, caller)
    wanted = {name: asked.get(name, getattr(before, name)) for name in _PROFILE}
    name = f"{wanted['first_name']} {wanted['last_name']}".strip() if customer_id else before.name
    work.run(
        """UPDATE identity.users SET name = %(name)s, avatar_url = %(avatar_url)s, version = version + 1, updated_at = %(now)s
            WHERE id = %(user_id)s""",
        name=name,
        avatar_url=wanted["avatar_url"],
        user_id=caller.user_id,
        now=work.now,
    )
    if customer_id is None:
        return
    work.run(
        """UPDATE identity.customers
              SET first_name = %(first_name)s, last_name = %(last_name)s, phone = %(phone)s, version = version + 1,
                  updated_at = %(now)s
            WHERE id = %(customer_id)s""",
        customer_id=customer_id,
        now=work.now,
        **{name: wanted[name] for name in ("first_name", "last_name", "phone")},
    )
    if granted is not None:
        consents.note_consent(work, customer_id, granted, "account")


_PROFILE = ("first_name", "last_name", "phone", "avatar_url")


def own_preferences(work: Work, caller: Member) -> Preferences:
    """The caller's preferences."""
    return preferences_of(_read(work, caller), work.brand)


def change_preferences(work: Work, caller: Member, ask: PreferencesChange, expected: IfMatch) -> None:
    """Change what is asked for. Raises VersionStale, CurrencyNotOffered."""
    _check(work, caller, expected)
    before = _read(work, caller)
    asked = ask.asked()
    check_currency(work.brand, asked.get("currency"))
    display = before.display | (ask.display.model_dump(exclude_unset=True) if ask.display else {})
    wanted = {name: asked.get(name, getattr(before, name)) for name in ("locale", "currency", "timezone")}
    work.run(_SET_PREFERENCES, user_id=caller.user_id, display=json.dumps(display), now=work.now, **wanted)


# Mails to a buyer follow the language of their account.
_SET_PREFERENCES = """
    WITH changed AS (
        UPDATE identity.users
           SET locale = %(locale)s, currency = %(currency)s, timezone = %(timezone)s, display = %(display)s,
               version = version + 1, updated_at = %(now)s
         WHERE id = %(user_id)s
    )
    UPDATE identity.customers SET locale = %(locale)s, updated_at = %(now)s WHERE user_id = %(user_id)s
"""


def _check(work: Work, caller: Member, expected: IfMatch) -> None:
    expected.check(work.value(_LOCK, user_id=caller.user_id))


def _read(work: Work, caller: Member) -> Any:
    return work.one(_READ, user_id=caller.user_id)
