"""GET /v1/admin/users — the brand's logins, found by what staff type."""

from typing import Annotated, Literal

from pydantic import StringConstraints

from shared.identity import users
from shared.identity.callers import Staff
from shared.identity.users import Filter, Sort, Status, User
from shared.platform.doors import endpoint
from shared.platform.models import ListQuery, Pagination, Response
from shared.platform.paging import CursorInvalid
from shared.platform.work import Work


class AskForUsers(ListQuery):
    """`q`: beginnings of names and of parts of an address. Closed accounts are listed when `status=closed` asks for them. With a
    `cursor` (the answer's `next_cursor`) the list continues where it was, and is not counted."""

    q: Annotated[str, StringConstraints(max_length=200)] = ""
    role: Literal["member", "creator", "support", "manager", "admin", "platform"] | None = None
    status: Status | None = None
    sort: Sort = "-created_at"
    cursor: Annotated[str, StringConstraints(max_length=2000)] | None = None


class UserList(Response):
    """A page of users. `next_cursor` continues after the last one; with a cursor nothing is counted."""

    data: list[User]
    pagination: Pagination | None
    next_cursor: str | None


def list_users(ask: AskForUsers, caller: Staff, work: Work) -> UserList:
    wanted = Filter(ask.q, ask.role, ask.status)
    offset = ask.offset if ask.cursor is None else 0
    page = users.page(work, wanted, ask.sort, ask.limit, offset=offset, after=ask.cursor)
    counted = Pagination.of(ask, users.count(work, wanted)) if ask.cursor is None else None
    return UserList(data=page.rows, pagination=counted, next_cursor=page.next_cursor)


# Personal data, so the log says who looked.
handler = endpoint(
    "GET", "/v1/admin/users", list_users, needs="users:read", refuses=[CursorInvalid], audited=True
)
