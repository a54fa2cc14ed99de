"""How much an account has of what identity knows."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from shared.identity.standings import invested
from shared.platform.work import Work


class Figures(NamedTuple):
    """Sessions are those alive; `invested` in minor units of the brand's currency."""

    created_at: datetime
    last_seen_at: datetime | None
    sessions: int
    addresses: int
    investments: int
    invested: int


def figures_of(work: Work, user_id: UUID, customer_id: UUID | None) -> Figures:
    """The figures of an account, which exists."""
    row = work.one(
        """SELECT u.created_at,
                  (SELECT max(s.last_seen_at) FROM identity.sessions s WHERE s.user_id = u.id) AS last_seen_at,
                  (SELECT count(*) FROM identity.sessions s
                    WHERE s.user_id = u.id AND s.revoked_at IS NULL) AS sessions,
                  (SELECT count(*) FROM identity.customer_addresses a
                    WHERE a.customer_id = %(customer_id)s) AS addresses
             FROM identity.users u WHERE u.id = %(user_id)s""",
        user_id=user_id,
        customer_id=customer_id,
    )
    assert row is not None
    investments, total = invested(work, customer_id) if customer_id else (0, 0)
    return Figures(row.created_at, row.last_seen_at, row.sessions, row.addresses, investments, total)
