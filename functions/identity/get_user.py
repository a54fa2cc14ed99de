"""GET /v1/admin/users/{user_id} — one login."""

from uuid import UUID

from shared.identity.callers import Staff
from shared.identity.users import User, UserNotFound, read_user
from shared.platform.doors import endpoint
from shared.platform.work import Work


def get_user(user_id: UUID, caller: Staff, work: Work) -> User:
    return read_user(work, user_id)


handler = endpoint(
    "GET", "/v1/admin/users/{user_id}", get_user, needs="users:read", refuses=[UserNotFound], audited=True
)
