"""POST /v1/admin/staff — invite somebody to the staff, by mail."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from shared.identity.accounts import name_of
from shared.identity.callers import Staff
from shared.identity.email_addresses import NewAddress
from shared.identity.invitations import AlreadyOnTheTeam, Invitation, invite
from shared.identity.one_time_tokens import LIFETIMES, Purpose
from shared.platform.doors import endpoint
from shared.platform.models import Request, Response, ShortText
from shared.platform.work import Work


class InviteStaff(Request):
    """`name` may be left out: who accepts the invitation says it."""

    email: NewAddress
    role: Literal["creator", "support", "manager", "admin"]
    name: ShortText | None = None


class StaffInvitation(Response):
    """An earlier invitation of the same address is worth nothing any more."""

    id: UUID
    email: str
    role: str
    name: str
    expires_at: datetime


def invite_staff(ask: InviteStaff, caller: Staff, work: Work) -> StaffInvitation:
    asked = Invitation(
        kind="staff",
        email=ask.email,
        name=ask.name or "",
        role=ask.role,
        invited_by=caller.user_id,
        inviter=name_of(work, caller.user_id) or work.brand.name,
    )
    invitation_id = invite(work, asked)
    work.audit(resource={"invitation_id": str(invitation_id)}, after={"email": ask.email, "role": ask.role})
    return StaffInvitation(
        id=invitation_id,
        email=asked.email,
        role=asked.role,
        name=asked.name,
        expires_at=work.now + LIFETIMES[Purpose.INVITATION],
    )


handler = endpoint(
    "POST", "/v1/admin/staff", invite_staff, needs="staff:manage", refuses=[AlreadyOnTheTeam], status=201
)
