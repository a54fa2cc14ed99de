"""DELETE /v1/admin/staff/{id} — take somebody off the staff, or an invitation back; their account stays."""

from uuid import UUID

from shared.identity.administrators import LastAdmin, check_admin_left, lock_admins
from shared.identity.callers import Staff
from shared.identity.open_invitations import revoke_invitation
from shared.identity.permissions import Role
from shared.identity.users import (
    OwnAccount,
    PlatformUser,
    UserNotFound,
    check_may_change,
    end_sessions,
    give_role,
    lock_user,
)
from shared.kernel.refusals import NotFound
from shared.platform.doors import endpoint
from shared.platform.work import Work


class StaffNotFound(NotFound):
    """Nobody of the staff, and no open invitation, has this id."""


def dismiss_staff(id: UUID, caller: Staff, work: Work) -> None:
    if revoke_invitation(work, id):
        work.audit(after={"invitation": "revoked"})
        return
    lock_admins(work)
    try:
        user = lock_user(work, id)
    except UserNotFound as error:
        raise StaffNotFound from error
    if user.role == Role.MEMBER or user.status == "closed":
        raise StaffNotFound
    check_may_change(caller, user)
    give_role(work, id, Role.MEMBER)
    end_sessions(work, id)
    check_admin_left(work)
    work.audit(before={"role": user.role}, after={"role": Role.MEMBER.value})


handler = endpoint(
    "DELETE",
    "/v1/admin/staff/{id}",
    dismiss_staff,
    needs="staff:manage",
    refuses=[StaffNotFound, OwnAccount, PlatformUser, LastAdmin],
    status=204,
)
