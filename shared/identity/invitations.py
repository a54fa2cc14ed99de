"""Invitations: somebody is asked by mail to join the brand's staff, or a partner, and joins by the mailed link."""

from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from shared.identity import passwords
from shared.identity.accounts import add_user, lock_address, set_role
from shared.identity.credentials import Account, CredentialsInvalid, active_account, confirm_password
from shared.identity.email_addresses import account_key
from shared.identity.links import Page, link
from shared.identity.one_time_tokens import LIFETIMES, LinkInvalid, Purpose, attempt, finish, issue
from shared.identity.partners import PartnerRole, join
from shared.identity.permissions import STAFF, Role
from shared.kernel.ids import new_id
from shared.kernel.refusals import Invalid, Refusal
from shared.notifications.mails import queue
from shared.notifications.templates.invitation.variables import InvitationV1
from shared.platform.work import Work

type Kind = Literal["staff", "partner"]

_KNOWN = """
    SELECT u.id, u.name, u.locale, u.password_hash, m.role, p.partner_id FROM identity.users u
      LEFT JOIN identity.memberships m ON m.brand_id = u.brand_id AND m.user_id = u.id
      LEFT JOIN identity.partner_memberships p ON p.brand_id = u.brand_id AND p.user_id = u.id
     WHERE u.email_key = %(email_key)s AND u.email_verified_at IS NOT NULL AND u.deleted_at IS NULL
"""
_REVOKE = """
    UPDATE identity.invitations SET revoked_at = %(now)s
     WHERE email_key = %(email_key)s AND kind = %(kind)s AND accepted_at IS NULL AND revoked_at IS NULL
"""
_ADD = """
    INSERT INTO identity.invitations
        (id, kind, email, email_key, name, role, partner_id, invited_by, created_at, expires_at)
    VALUES (%(id)s, %(kind)s, %(email)s, %(email_key)s, %(name)s, %(role)s, %(partner_id)s, %(invited_by)s, %(now)s,
            %(expires_at)s)
"""
_OPEN = """
    SELECT id, kind, email, email_key, name, role, partner_id FROM identity.invitations
     WHERE id = %(id)s AND accepted_at IS NULL AND revoked_at IS NULL FOR UPDATE
"""
_ACCEPT = """
    UPDATE identity.invitations SET accepted_at = %(now)s, accepted_by = %(user_id)s WHERE id = %(id)s
"""


class AlreadyOnTheTeam(Refusal):
    """Somebody with this address works here already."""


class PasswordNeeded(Invalid):
    """Choose a password, or give the one of the account that you have already."""

    def __init__(self) -> None:
        super().__init__(errors=[{"field": "password", "code": self.code(), "message": self.message()}])


@dataclass(frozen=True, slots=True)
class Invitation:
    """Who is asked, by whom, and what they will be: a role of the staff, or one of a partner (`partner_id`)."""

    kind: Kind
    email: str
    name: str
    role: str
    invited_by: UUID
    inviter: str
    locale: str | None = None
    partner_id: UUID | None = None


def invite(work: Work, asked: Invitation) -> UUID:
    """Send the invitation, in the place of any earlier one; answers its id. Raises AlreadyOnTheTeam."""
    key = account_key(asked.email)
    lock_address(work, key)
    known = work.one(_KNOWN, email_key=key)
    if known is not None and _belongs(known, asked):
        raise AlreadyOnTheTeam
    work.run(_REVOKE, email_key=key, kind=asked.kind, now=work.now)
    invitation_id = new_id(work.now)
    work.run(
        _ADD,
        id=invitation_id,
        kind=asked.kind,
        email=asked.email,
        email_key=key,
        name=asked.name,
        role=asked.role,
        partner_id=asked.partner_id,
        invited_by=asked.invited_by,
        now=work.now,
        expires_at=work.now + LIFETIMES[Purpose.INVITATION],
    )
    token = issue(work, Purpose.INVITATION, None, {"invitation_id": str(invitation_id)})
    told = InvitationV1.model_validate(
        {
            "link": link(work.brand, Page.INVITATION, token),
            "days": LIFETIMES[Purpose.INVITATION].days,
            "kind": asked.kind,
            "role": asked.role,
            "invited_by": asked.inviter,
        }
    )
    locale = known.locale if known else asked.locale
    queue(work, told, to=asked.email, locale=locale, key=f"{told.template}:{invitation_id}")
    return invitation_id


def accept(
    work: Work, token: str, password: str | None, name: str | None, source_ip: str
) -> Account | Refusal:
    """Join by a mailed link; answers the account that did. Raises LinkInvalid, PasswordNeeded, CommonPassword, TooManyAttempts, EmailTaken.

    The link proves the address. Who has an account already proves by its password that it is theirs; a wrong one is counted,
    so that refusal is answered, and leaves the link good for a few more tries.
    """
    held = attempt(work, Purpose.INVITATION, token)
    invitation = work.one(_OPEN, id=UUID(held.data["invitation_id"])) if held else None
    if invitation is None:
        raise LinkInvalid
    known = work.one(_KNOWN, email_key=invitation.email_key)
    if known is None:
        if password is None:
            raise PasswordNeeded
        name = name or invitation.name
        user_id = add_user(work, invitation.email, name, password=password, verified_at=work.now)
    elif known.password_hash is None:
        user_id = known.id
        if password is not None:
            _give_password(work, user_id, invitation.email, password)
    else:
        if password is None:
            raise PasswordNeeded
        user_id = known.id
        if not confirm_password(work, user_id, invitation.email, password, source_ip):
            return CredentialsInvalid()
    _join(work, user_id, invitation)
    work.run(_ACCEPT, id=invitation.id, user_id=user_id, now=work.now)
    finish(work, token)
    account = active_account(work, user_id)
    if account is None:
        raise LinkInvalid
    return account


def _belongs(known: Any, asked: Invitation) -> bool:
    if asked.kind == "staff":
        return known.role is not None and Role(known.role) in STAFF
    return known.partner_id is not None


def _give_password(work: Work, user_id: UUID, email: str, password: str) -> None:
    passwords.check_new(password, (email, work.brand.name))
    work.run(
        "UPDATE identity.users SET password_hash = %(hash)s, updated_at = %(now)s WHERE id = %(id)s",
        id=user_id,
        hash=passwords.hash_password(password),
        now=work.now,
    )


def _join(work: Work, user_id: UUID, invitation: Any) -> None:
    if invitation.kind == "staff":
        set_role(work, user_id, Role(invitation.role))
    else:
        role = PartnerRole.of(invitation.role)
        assert role is not None
        join(work, user_id, invitation.partner_id, role)
