"""Invitations that nobody has accepted yet, as admins see them, and taking one back."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from shared.platform.models import Response
from shared.platform.work import Work

_OPEN = "accepted_at IS NULL AND revoked_at IS NULL"


class OpenInvitation(Response):
    """Who was invited as what; after `expires_at` the mailed link is worth nothing."""

    id: UUID
    email: str
    name: str
    role: str
    invited_by: UUID
    created_at: datetime
    expires_at: datetime


_COLUMNS = ", ".join(OpenInvitation.model_fields)


def open_invitations(work: Work, kind: Literal["staff", "partner"]) -> list[OpenInvitation]:
    """The invitations of this kind that can still be accepted, the latest first."""
    rows = work.all(
        f"""SELECT {_COLUMNS} FROM identity.invitations WHERE kind = %(kind)s AND {_OPEN} AND expires_at > %(now)s
             ORDER BY id DESC LIMIT 100""",
        kind=kind,
        now=work.now,
    )
    return [OpenInvitation(**row._asdict()) for row in rows]


def revoke_invitation(work: Work, invitation_id: UUID) -> bool:
    """Take a staff invitation back; False when there is no open one with this id."""
    return bool(
        work.run(
            f"UPDATE identity.invitations SET revoked_at = %(now)s WHERE id = %(id)s AND kind = 'staff' AND {_OPEN}",
            id=invitation_id,
            now=work.now,
        )
    )
