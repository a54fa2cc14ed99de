"""Whom to mail when something has come up that staff must decide."""

from typing import NamedTuple
from uuid import UUID

from shared.identity.permissions import Role
from shared.platform.work import Work

_ROLES = (Role.MANAGER, Role.ADMIN)
# More people than this are a list of their own, which a brand keeps elsewhere.
MOST = 20

_FIND = """
    SELECT u.id, u.email, u.locale FROM identity.memberships m
      JOIN identity.users u ON u.brand_id = m.brand_id AND u.id = m.user_id
     WHERE m.role = ANY (%(roles)s) AND u.status = 'active' AND u.deleted_at IS NULL
     ORDER BY u.id LIMIT %(most)s
"""


class Colleague(NamedTuple):
    """A member of staff who may decide."""

    id: UUID
    email: str
    locale: str


def staff_to_tell(work: Work) -> list[Colleague]:
    """The brand's managers and administrators."""
    rows = work.all(_FIND, roles=[role.value for role in _ROLES], most=MOST)
    return [Colleague(*row) for row in rows]
