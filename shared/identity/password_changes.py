"""New passwords: by a mailed link, or by who is signed in and knows the old one."""

from uuid import UUID

from shared.identity import factors, failures, notices, passwords
from shared.identity.credentials import active_account
from shared.identity.email_addresses import account_key
from shared.identity.one_time_tokens import LinkInvalid, Purpose, cancel, spend
from shared.identity.sessions import revoke_sessions
from shared.identity.verification import prove
from shared.kernel.refusals import Invalid
from shared.platform.work import Work

_SET = "UPDATE identity.users SET password_hash = %(hash)s, updated_at = %(now)s WHERE id = %(id)s"
# Whatever could still let somebody in who was let in by the old password.
_WORTHLESS = (Purpose.RESET_PASSWORD, Purpose.MAGIC_LINK, Purpose.MFA)


class CurrentPasswordWrong(Invalid):
    """The current password is wrong."""

    def __init__(self) -> None:
        error = {"field": "current_password", "code": self.code(), "message": self.message()}
        super().__init__(errors=[error])


def reset_password(work: Work, token: str, password: str) -> None:
    """Use up a mailed link for a new password: every session ends, and the account is unlocked.

    The link proves the address too. Raises LinkInvalid, CommonPassword, which leave the link unused.
    """
    held = spend(work, Purpose.RESET_PASSWORD, token)
    account = active_account(work, held.user_id) if held and held.user_id else None
    if account is None:
        raise LinkInvalid
    if not account.verified:
        # Whoever opened the account in this address's name may have been anybody: the key they put on it is not the owner's.
        factors.disable(work, account.id)
    prove(work, account.id)
    set_password(work, account.id, account.email, password)
    failures.forgive(work, account_key(account.email))


def set_password(
    work: Work, user_id: UUID, email: str, password: str, *, field: str = "password", keep: UUID | None = None
) -> None:
    """Give an account a new password, end its sessions but the one to `keep`, and tell its owner. Raises CommonPassword."""
    passwords.check_new(password, (email, work.brand.name), field=field)
    work.run(_SET, id=user_id, hash=passwords.hash_password(password), now=work.now)
    revoke_sessions(work, user_id, but=keep)
    cancel(work, user_id, *_WORTHLESS)
    notices.password_changed(work, user_id)
