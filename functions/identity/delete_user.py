"""DELETE /v1/admin/users/{user_id} — close somebody's account and have its data erased."""

from uuid import UUID

from shared.identity.administrators import LastAdmin
from shared.identity.callers import Staff
from shared.identity.closing import close_account
from shared.identity.users import (
    AccountClosed,
    OwnAccount,
    PlatformUser,
    UserNotFound,
    check_may_change,
    read_user,
)
from shared.platform.doors import endpoint
from shared.platform.work import Work


def delete_user(user_id: UUID, caller: Staff, work: Work) -> None:
    check_may_change(caller, read_user(work, user_id))
    before = close_account(work, user_id, "staff")
    work.audit(before={"status": before.status, "role": before.role}, after={"status": "closed"})


handler = endpoint(
    "DELETE",
    "/v1/admin/users/{user_id}",
    delete_user,
    needs="users:manage",
    refuses=[UserNotFound, AccountClosed, OwnAccount, PlatformUser, LastAdmin],
    status=204,
)
