"""Logins as staff see them: found, read, given a role, suspended."""

from datetime import datetime
from typing import Any, Literal, NamedTuple
from uuid import UUID

from shared.identity import failures
from shared.identity.accounts import set_role
from shared.identity.administrators import check_admin_left, lock_admins
from shared.identity.callers import Staff
from shared.identity.email_addresses import account_key
from shared.identity.permissions import STAFF, Role, role_of
from shared.identity.searching import prefixes
from shared.kernel.refusals import Forbidden, NotFound, Refusal
from shared.platform.models import Change, Response, ShortText
from shared.platform.paging import walk
from shared.platform.versions import IfMatch
from shared.platform.work import Work

type Status = Literal["active", "locked", "suspended", "closed"]
type Sort = Literal["-created_at", "created_at", "email", "-email"]
type GivenRole = Literal["member", "creator", "support", "manager", "admin"]


class UserNotFound(NotFound):
    """There is no such user here."""


class OwnAccount(Refusal):
    """Nobody changes their own role or status; ask another administrator."""


class PlatformUser(Forbidden):
    """This account works across brands; only its like may change it."""


class AddressUnproved(Refusal):
    """This account has yet to prove its address: it may be anybody's. Invite the person, or wait until they have."""


class AccountClosed(Refusal):
    """This account is closed."""


class User(Response):
    """A login. `status` is `closed` once its owner or staff have closed it, `locked` after ten failed sign-ins, until a mailed link is
    followed or staff open it."""

    id: UUID
    email: str
    email_verified: bool
    name: str
    role: str
    partner_role: str | None
    status: Status
    locale: str
    customer_id: UUID | None
    has_password: bool
    mfa_enabled: bool
    created_at: datetime
    last_seen_at: datetime | None
    version: int


class UserChange(Change):
    """What changes. `suspended` ends every session; `active` also opens a locked account."""

    name: ShortText | None = None
    role: GivenRole | None = None
    status: Literal["active", "suspended"] | None = None


class Filter(NamedTuple):
    """Which users; None means any. `search` is what somebody typed: the beginnings of names and of parts of an address."""

    search: str = ""
    role: str | None = None
    status: Status | None = None
    staff_only: bool = False


class Page(NamedTuple):
    """Rows of the list, and the cursor after the last of them (None: there are no more)."""

    rows: list[User]
    next_cursor: str | None


_ROLE = "CASE WHEN u.is_platform THEN 'platform' ELSE coalesce(m.role, 'member') END"
# A lock belongs to the address: failures are counted whether or not there is an account (see failures).
_STATUS = """
    CASE WHEN u.deleted_at IS NOT NULL THEN 'closed' WHEN u.status <> 'active' THEN u.status
         WHEN EXISTS (SELECT FROM identity.sign_in_failures f
                       WHERE f.brand_id = u.brand_id AND f.subject = 'account' AND f.locked_at IS NOT NULL
                         AND f.key_hash = sha256(convert_to(u.email_key, 'UTF8'))) THEN 'locked'
         ELSE 'active' END
"""
_COLUMNS = f"""
    u.id, u.email, u.email_verified_at, u.name, m.role, p.role AS partner_role, u.is_platform, u.locale,
    c.id AS customer_id, u.password_hash IS NOT NULL AS has_password, u.created_at, u.version,
    {_STATUS} AS status,
    EXISTS (SELECT FROM identity.mfa_factors f
             WHERE f.brand_id = u.brand_id AND f.user_id = u.id AND f.confirmed_at IS NOT NULL) AS mfa_enabled,
    (SELECT max(s.last_seen_at) FROM identity.sessions s
      WHERE s.brand_id = u.brand_id AND s.user_id = u.id) AS last_seen_at
"""
_FROM = """
    identity.users u
    LEFT JOIN identity.memberships m ON m.brand_id = u.brand_id AND m.user_id = u.id
    LEFT JOIN identity.partner_memberships p ON p.brand_id = u.brand_id AND p.user_id = u.id
    LEFT JOIN identity.customers c ON c.brand_id = u.brand_id AND c.user_id = u.id
"""
_MATCHING = f"""
        (%(search)s = '' OR u.search @@ to_tsquery('simple', %(search)s))
    AND (%(role)s::text IS NULL OR {_ROLE} = %(role)s)
    AND (%(status)s::text IS NULL AND u.deleted_at IS NULL OR {_STATUS} = %(status)s)
    AND (NOT %(staff_only)s OR {_ROLE} = ANY (%(staff)s))
"""
# Ids grow with time.
_KEYS = {"created_at": None, "email": "u.email_key"}
_REVOKE = """
    UPDATE identity.sessions SET revoked_at = %(now)s WHERE user_id = %(user_id)s AND revoked_at IS NULL
"""


def count(work: Work, wanted: Filter) -> int:
    """How many users there are; closed accounts only when they are asked for."""
    return int(work.value(f"SELECT count(*) FROM {_FROM} WHERE {_MATCHING}", **_params(wanted)))


def page(
    work: Work, wanted: Filter, sort: Sort, limit: int, *, offset: int = 0, after: str | None = None
) -> Page:
    """Up to `limit` users from `offset` on, or those `after` a cursor. Raises CursorInvalid."""
    rows, cursor = walk(
        work,
        _COLUMNS,
        f"{_FROM} WHERE {_MATCHING}",
        _KEYS[sort.removeprefix("-")],
        "u.id",
        sort,
        limit,
        offset=offset,
        after=after,
        **_params(wanted),
    )
    return Page([_user(row) for row in rows], cursor)


def read_user(work: Work, user_id: UUID) -> User:
    """One user. Raises UserNotFound."""
    row = work.one(f"SELECT {_COLUMNS} FROM {_FROM} WHERE u.id = %(id)s", id=user_id)
    if row is None:
        raise UserNotFound
    return _user(row)


def lock_user(work: Work, user_id: UUID) -> User:
    """One user, locked until the work ends. Raises UserNotFound."""
    work.run("SELECT FROM identity.users WHERE id = %(id)s FOR UPDATE", id=user_id)
    return read_user(work, user_id)


def change_user(work: Work, caller: Staff, user_id: UUID, ask: UserChange, expected: IfMatch) -> User:
    """Change what is asked for.

    Raises UserNotFound, VersionStale, AccountClosed, AddressUnproved, OwnAccount, PlatformUser, LastAdmin.
    """
    lock_admins(work)
    before = lock_user(work, user_id)
    expected.check(before.version)
    check_may_change(caller, before)
    if before.status == "closed":
        raise AccountClosed
    asked = ask.asked()
    if "role" in asked and asked["role"] != before.role:
        if asked["role"] in STAFF and not before.email_verified:
            raise AddressUnproved
        give_role(work, user_id, Role(asked["role"]))
    suspended = asked.get("status", before.status) == "suspended"
    work.run(
        """UPDATE identity.users SET name = %(name)s, status = %(status)s, version = version + 1, updated_at = %(now)s
            WHERE id = %(id)s""",
        id=user_id,
        name=asked.get("name", before.name),
        status="suspended" if suspended else "active",
        now=work.now,
    )
    if suspended:
        end_sessions(work, user_id)
    elif "status" in asked:
        failures.forgive(work, account_key(before.email))
    if before.role == Role.ADMIN:
        check_admin_left(work)
    return read_user(work, user_id)


def check_may_change(caller: Staff, user: User) -> None:
    """Raise OwnAccount or PlatformUser unless the caller may change this account's role and status."""
    if user.id == caller.user_id:
        raise OwnAccount
    if user.role == Role.PLATFORM and caller.role is not Role.PLATFORM:
        raise PlatformUser


def give_role(work: Work, user_id: UUID, role: Role) -> None:
    """Make the user this in the brand; `member` takes every other role away."""
    if role is Role.MEMBER:
        work.run("DELETE FROM identity.memberships WHERE user_id = %(id)s", id=user_id)
    else:
        set_role(work, user_id, role)


def end_sessions(work: Work, user_id: UUID) -> None:
    """End every session of an account: its tokens are dead at once."""
    work.run(_REVOKE, user_id=user_id, now=work.now)


def _params(wanted: Filter) -> dict[str, Any]:
    return wanted._asdict() | {
        "search": prefixes(wanted.search),
        "staff": [Role.CREATOR.value, *(role.value for role in STAFF)],
    }


def _user(row: Any) -> User:
    return User(
        id=row.id,
        email=row.email,
        email_verified=row.email_verified_at is not None,
        name=row.name,
        role=role_of(row.role, row.is_platform).value,
        partner_role=row.partner_role,
        status=row.status,
        locale=row.locale,
        customer_id=row.customer_id,
        has_password=row.has_password,
        mfa_enabled=row.mfa_enabled,
        created_at=row.created_at,
        last_seen_at=row.last_seen_at,
        version=row.version,
    )
