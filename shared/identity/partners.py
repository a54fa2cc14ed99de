"""Users who work for a partner: as its owner, or as its staff."""

from enum import StrEnum
from typing import Self
from uuid import UUID

from shared.identity.permissions import Role
from shared.platform.work import Work

_JOIN = """
    INSERT INTO identity.partner_memberships (user_id, partner_id, role, created_at, updated_at)
    VALUES (%(user_id)s, %(partner_id)s, %(role)s, %(now)s, %(now)s)
    ON CONFLICT (brand_id, user_id) DO UPDATE
       SET partner_id = excluded.partner_id, role = excluded.role, updated_at = excluded.updated_at
"""


class PartnerRole(StrEnum):
    """What a user is for a partner; the owner may do all that the staff may. The words are those of the contract's `who`."""

    STAFF = "partner"
    OWNER = "partner_owner"

    @classmethod
    def of(cls, stored: str | None) -> Self | None:
        """The role behind the word of a membership's row."""
        return None if stored is None else cls(_WORDS[stored])

    @property
    def stored(self) -> str:
        """The word of a membership's row."""
        return next(word for word, role in _WORDS.items() if role == self.value)


def roles_of(role: Role, partner_role: PartnerRole | None) -> tuple[str, ...]:
    """What somebody is in the brand, and for a partner, as clients are told."""
    return (role.value, *([partner_role.value] if partner_role else ()))


_WORDS = {"owner": "partner_owner", "staff": "partner"}


def join(work: Work, user_id: UUID, partner_id: UUID, role: PartnerRole) -> None:
    """Make a user one of the partner's; what they were for another one is over."""
    work.run(_JOIN, user_id=user_id, partner_id=partner_id, role=role.stored, now=work.now)
