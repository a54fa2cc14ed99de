"""Administrators: a brand always keeps one who can work."""

from uuid import UUID

from shared.kernel.refusals import Refusal
from shared.platform.work import Work

_WORKING = """
    identity.users u LEFT JOIN identity.memberships m ON m.brand_id = u.brand_id AND m.user_id = u.id
     WHERE (u.is_platform OR m.role = 'admin') AND u.status = 'active' AND u.deleted_at IS NULL
"""


class LastAdmin(Refusal):
    """A brand keeps at least one active administrator."""


def lock_admins(work: Work) -> None:
    """Whoever may take an administrator away comes one after the other, lest two take away each other."""
    work.run(
        "SELECT pg_advisory_xact_lock(hashtextextended(%(name)s, 0))", name=f"identity.admins|{work.brand.id}"
    )


def is_last_admin(work: Work, user_id: UUID) -> bool:
    """Whether nobody active could administer the brand without this user."""
    row = work.one(
        f"""SELECT count(*) FILTER (WHERE u.id = %(id)s) AS own, count(*) FILTER (WHERE u.id <> %(id)s) AS others
              FROM {_WORKING}""",
        id=user_id,
    )
    return row is not None and row.own > 0 and row.others == 0


def check_admin_left(work: Work) -> None:
    """Raise LastAdmin when nobody active could administer the brand any more. Whoever calls it holds `lock_admins`."""
    if not work.value(f"SELECT EXISTS (SELECT FROM {_WORKING})"):
        raise LastAdmin
