"""Signing in by email and password: one refusal, and one amount of work, for everybody who may not."""

from dataclasses import dataclass
from uuid import UUID

from shared.identity import passwords
from shared.identity.permissions import Role
from shared.kernel.emails import email_key
from shared.kernel.refusals import Unauthenticated
from shared.platform.work import Work

# Only one account can have proved an address, so there is one candidate at most.
_FIND = """
    SELECT u.id, u.email, u.password_hash, u.status, u.is_platform, m.role
      FROM identity.users u LEFT JOIN identity.memberships m ON m.brand_id = u.brand_id AND m.user_id = u.id
     WHERE u.email_key = %(email_key)s AND u.email_verified_at IS NOT NULL AND u.deleted_at IS NULL
"""
_REHASH = "UPDATE identity.users SET password_hash = %(hash)s, updated_at = %(now)s WHERE id = %(id)s"


class CredentialsInvalid(Unauthenticated):
    """Email or password is wrong."""


@dataclass(frozen=True, slots=True)
class Account:
    """A user as far as signing in needs to know."""

    id: UUID
    email: str
    role: Role


def role_of(membership: str | None, is_platform: bool) -> Role:
    """The role of a user: the flag outranks the membership, and without either one is a member."""
    return Role.PLATFORM if is_platform else Role(membership or Role.MEMBER)


def authenticate(work: Work, email: str, password: str, *, among: tuple[Role, ...]) -> Account:
    """The active account behind `email` and `password`, if its role is `among` those of this door.

    Raises CredentialsInvalid for an unknown address, a wrong password, a locked account and another role alike.
    """
    row = work.one(_FIND, email_key=email_key(email))
    right = passwords.verify(password, row.password_hash if row else None)
    if row is None or not right or row.status != "active":
        raise CredentialsInvalid
    account = Account(row.id, row.email, role_of(row.role, row.is_platform))
    if account.role not in among:
        raise CredentialsInvalid
    if passwords.is_outdated(row.password_hash):
        work.run(_REHASH, id=row.id, hash=passwords.hash_password(password), now=work.now)
    return account
