"""PATCH /v1/admin/users/{user_id} — give a user another role, suspend them, let them in again."""

from uuid import UUID

from shared.identity import users
from shared.identity.administrators import LastAdmin
from shared.identity.callers import Staff
from shared.identity.users import (
    AccountClosed,
    AddressUnproved,
    OwnAccount,
    PlatformUser,
    User,
    UserChange,
    UserNotFound,
    read_user,
)
from shared.platform.doors import endpoint
from shared.platform.versions import IfMatch
from shared.platform.work import Work


def change_user(ask: UserChange, user_id: UUID, expected: IfMatch, caller: Staff, work: Work) -> User:
    before = read_user(work, user_id)
    after = users.change_user(work, caller, user_id, ask, expected)
    work.audit(before=before, after=after)
    return after


handler = endpoint(
    "PATCH",
    "/v1/admin/users/{user_id}",
    change_user,
    needs="users:manage",
    refuses=[UserNotFound, AccountClosed, AddressUnproved, OwnAccount, PlatformUser, LastAdmin],
)
