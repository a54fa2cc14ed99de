"""Signing in by email and password: one refusal, and one amount of work, for everybody who may not."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from shared.identity import failures, passwords
from shared.identity.email_addresses import account_key
from shared.identity.link_requests import LinkKind, ask_for_link
from shared.identity.partners import PartnerRole, roles_of
from shared.identity.permissions import STAFF, Role, role_of
from shared.kernel.refusals import Refusal, Unauthenticated
from shared.platform.work import Work

# Only one account can have proved an address; of those that claim it the latest counts.
_FIND = """
    (SELECT u.id, u.email, u.locale, u.password_hash, u.status, u.is_platform, m.role, p.role AS partner_role, true AS proved
       FROM identity.users u
       LEFT JOIN identity.memberships m ON m.brand_id = u.brand_id AND m.user_id = u.id
       LEFT JOIN identity.partner_memberships p ON p.brand_id = u.brand_id AND p.user_id = u.id
      WHERE u.email_key = %(email_key)s AND u.email_verified_at IS NOT NULL AND u.deleted_at IS NULL)
    UNION ALL
    (SELECT u.id, u.email, u.locale, u.password_hash, u.status, u.is_platform, NULL, NULL, false
       FROM identity.users u
      WHERE u.email_key = %(email_key)s AND u.email_verified_at IS NULL AND u.deleted_at IS NULL
      ORDER BY u.created_at DESC, u.id DESC LIMIT 1)
"""
_BY_ID = """
    SELECT u.id, u.email, u.locale, u.password_hash, u.status, u.is_platform, m.role, p.role AS partner_role,
           u.email_verified_at IS NOT NULL AS proved
      FROM identity.users u
      LEFT JOIN identity.memberships m ON m.brand_id = u.brand_id AND m.user_id = u.id
      LEFT JOIN identity.partner_memberships p ON p.brand_id = u.brand_id AND p.user_id = u.id
     WHERE u.id = %(id)s AND u.status = 'active' AND u.deleted_at IS NULL
"""
_REHASH = "UPDATE identity.users SET password_hash = %(hash)s, updated_at = %(now)s WHERE id = %(id)s"


class CredentialsInvalid(Unauthenticated):
    """Email or password is wrong."""


class TooManyAttempts(Refusal):
    """Too many failed attempts; wait a moment."""

    status = 429


@dataclass(frozen=True, slots=True)
class Account:
    """A user as far as signing in needs to know."""

    id: UUID
    email: str
    role: Role
    partner_role: PartnerRole | None = None
    locale: str | None = None
    verified: bool = True

    @property
    def roles(self) -> tuple[str, ...]:
        """What the account is in the brand, and for a partner."""
        return roles_of(self.role, self.partner_role)


def is_staff(account: Account) -> bool:
    """Whether the staff's door is for them."""
    return account.role in STAFF


def is_partner(account: Account) -> bool:
    """Whether the partners' door is for them."""
    return account.partner_role is not None


def is_anybody(account: Account) -> bool:
    """The door of the shop is for everybody, and for accounts whose address is not verified yet."""
    return True


def account_of(row: Any) -> Account:
    """The account of a row that names its roles."""
    return Account(
        id=row.id,
        email=row.email,
        role=role_of(row.role, row.is_platform),
        partner_role=PartnerRole.of(row.partner_role),
        locale=row.locale,
        verified=row.proved,
    )


def active_account(work: Work, user_id: UUID) -> Account | None:
    """The account with this id, unless it is locked, suspended or closed."""
    row = work.one(_BY_ID, id=user_id)
    return account_of(row) if row else None


def authenticate(
    work: Work, email: str, password: str, source_ip: str, *, door: Callable[[Account], bool]
) -> Account:
    """The active account behind `email` and `password`, if this `door` is for it.

    Raises CredentialsInvalid for an unknown address, a wrong password, a locked account and somebody else's door alike, and
    TooManyAttempts before it looks at anything. Both are counted, so the caller answers them and commits.
    """
    key = account_key(email)
    stands = failures.standing(work, key, source_ip)
    if stands.wait:
        _note_failure(work, key, source_ip)
        raise TooManyAttempts(retry_after=stands.wait)
    rows = {row.proved: row for row in work.all(_FIND, email_key=key)}
    # At the shop's door somebody's unverified account is looked for behind the verified one, whether or not there is either.
    slots = (True, False) if door is is_anybody else (True,)
    for proved in slots:
        row = rows.get(proved)
        right = passwords.verify(password, row.password_hash if row else None)
        if row is None or not right or row.status != "active" or stands.locked:
            continue
        account = account_of(row)
        if door(account):
            if passwords.is_outdated(row.password_hash):
                work.run(_REHASH, id=row.id, hash=passwords.hash_password(password), now=work.now)
            return account
    _note_failure(work, key, source_ip)
    raise CredentialsInvalid


def verified_id(work: Work, email_key: str) -> UUID | None:
    """The user who has proved the address of this key."""
    return next((row.id for row in work.all(_FIND, email_key=email_key) if row.proved), None)


def has_password(work: Work, user_id: UUID) -> bool:
    """Whether an account can be entered by a password at all."""
    return bool(
        work.value("SELECT password_hash IS NOT NULL FROM identity.users WHERE id = %(id)s", id=user_id)
    )


def confirm_password(work: Work, user_id: UUID, email: str, password: str, source_ip: str) -> bool:
    """Whether somebody who is signed in knows the password too; what they guess wrong is counted like a sign-in.

    Raises TooManyAttempts, which the caller answers and commits.
    """
    key = account_key(email)
    stands = failures.standing(work, key, source_ip)
    if stands.wait or stands.locked:
        _note_failure(work, key, source_ip)
        raise TooManyAttempts(retry_after=max(1, stands.wait))
    stored = work.value("SELECT password_hash FROM identity.users WHERE id = %(id)s", id=user_id)
    if passwords.verify(password, stored):
        return True
    _note_failure(work, key, source_ip)
    return False


def note_failure(work: Work, email: str, source_ip: str) -> None:
    """Count a failed try of a second factor against its account."""
    _note_failure(work, account_key(email), source_ip)


def _note_failure(work: Work, key: str, source_ip: str) -> None:
    if failures.count(work, key, source_ip):
        ask_for_link(work, LinkKind.UNLOCK, key)
