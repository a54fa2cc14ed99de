"""Who works for a partner, as a caller: sees what is that partner's, and nothing else."""

from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

from shared.identity.callers import Member, NotAllowed
from shared.identity.partners import PartnerRole
from shared.platform.audit import Actor
from shared.platform.work import Work

_MEMBERSHIP = "SELECT partner_id, role FROM identity.partner_memberships WHERE user_id = %(user_id)s"


@dataclass(frozen=True, kw_only=True)
class PartnerUser(Member):
    """Anybody of a partner, whose `partner_id` every query of the story names."""

    who: ClassVar[str] = PartnerRole.STAFF.value
    audited: ClassVar[bool] = True

    partner_id: UUID
    partner_role: PartnerRole

    @classmethod
    def _known(cls, row: Any, session_id: UUID, work: Work) -> dict[str, Any]:
        known = super()._known(row, session_id, work)
        membership = work.one(_MEMBERSHIP, user_id=row.id)
        role = PartnerRole.of(membership.role) if membership else None
        if membership is None or role is None:
            raise NotAllowed
        return known | {"partner_id": membership.partner_id, "partner_role": role}

    def actor(self) -> Actor:
        """The account, as its partner's."""
        return Actor("partner", self.user_id, self.partner_role.value, {"email": self.email})


@dataclass(frozen=True, kw_only=True)
class PartnerOwner(PartnerUser):
    """Who owns the partner."""

    who: ClassVar[str] = PartnerRole.OWNER.value

    def check(self, needs: str | None) -> None:
        """Raises NotAllowed for the partner's staff."""
        if self.partner_role is not PartnerRole.OWNER:
            raise NotAllowed
        super().check(needs)
