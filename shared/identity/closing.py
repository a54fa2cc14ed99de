"""Closing an account: its owner, or staff, end it. What it held is erased as law allows, by a privacy request of its own."""

from uuid import UUID

from shared.identity import consents
from shared.identity.administrators import check_admin_left, lock_admins
from shared.identity.events import AccountClosedV1
from shared.identity.permissions import Role
from shared.identity.privacy_requests import AskedBy, RequestKind, open_request
from shared.identity.users import AccountClosed, User, end_sessions, give_role, lock_user
from shared.platform.work import Work

_CLOSE = """
    UPDATE identity.users SET deleted_at = %(now)s, version = version + 1, updated_at = %(now)s WHERE id = %(id)s
"""
_ERASURE_OPEN = """
    SELECT EXISTS (SELECT FROM identity.privacy_requests
                    WHERE user_id = %(id)s AND kind = 'erase' AND status IN ('received', 'running'))
"""


def close_account(work: Work, user_id: UUID, by: AskedBy) -> User:
    """End the account at once: nobody signs in to it any more, its address is free, and its data is asked to be erased.

    Answers it as it was. Raises UserNotFound, AccountClosed, LastAdmin.
    """
    lock_admins(work)
    before = lock_user(work, user_id)
    if before.status == "closed":
        raise AccountClosed
    if not work.value(_ERASURE_OPEN, id=user_id):
        open_request(work, RequestKind.ERASE, user_id, by)
    end_account(work, before)
    return before


def end_account(work: Work, user: User) -> None:
    """Sign out and shut out the account. Raises LastAdmin."""
    end_sessions(work, user.id)
    give_role(work, user.id, Role.MEMBER)
    if user.customer_id is not None:
        consents.note_consent(work, user.customer_id, False, "closing")
    work.run(_CLOSE, id=user.id, now=work.now)
    work.run(
        "UPDATE identity.one_time_tokens SET used_at = %(now)s WHERE user_id = %(id)s AND used_at IS NULL",
        id=user.id,
        now=work.now,
    )
    if user.role in (Role.ADMIN, Role.PLATFORM):
        check_admin_left(work)
    work.tell(AccountClosedV1(user_id=user.id, customer_id=user.customer_id), key=str(user.id))
