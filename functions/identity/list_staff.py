"""GET /v1/admin/staff — who works for the brand, and who has been invited to."""

from shared.identity import users
from shared.identity.callers import Staff
from shared.identity.open_invitations import OpenInvitation, open_invitations
from shared.identity.users import Filter, User
from shared.platform.doors import endpoint
from shared.platform.models import ListQuery, Pagination, Response
from shared.platform.work import Work


class AskForStaff(ListQuery):
    """`page` and `limit`."""


class StaffList(Response):
    """A page of the staff, creators included, and every invitation that nobody has accepted yet."""

    data: list[User]
    pagination: Pagination
    invitations: list[OpenInvitation]


def list_staff(ask: AskForStaff, caller: Staff, work: Work) -> StaffList:
    wanted = Filter(staff_only=True)
    page = users.page(work, wanted, "email", ask.limit, offset=ask.offset)
    return StaffList(
        data=page.rows,
        pagination=Pagination.of(ask, users.count(work, wanted)),
        invitations=open_invitations(work, "staff"),
    )


handler = endpoint("GET", "/v1/admin/staff", list_staff, needs="staff:manage", audited=True)
