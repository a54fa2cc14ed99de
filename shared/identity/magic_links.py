"""Signing in by a mailed link."""

from dataclasses import replace
from uuid import UUID

from shared.identity import factors
from shared.identity.credentials import Account, active_account
from shared.identity.one_time_tokens import LinkInvalid, Purpose, cancel, spend
from shared.identity.sessions import By, revoke_sessions
from shared.identity.user_identities import remember
from shared.identity.verification import prove
from shared.kernel.refusals import Unauthenticated
from shared.platform.work import Work

_FORGET_PASSWORD = "UPDATE identity.users SET password_hash = NULL, updated_at = %(now)s WHERE id = %(id)s"


class SignInLinkInvalid(Unauthenticated):
    """This link was used, has expired or is not one of ours; ask for a new one."""


def follow(work: Work, token: str) -> tuple[Account, By]:
    """The account whose link this is, and how its owner was known; its address is proved now. Raises SignInLinkInvalid."""
    held = spend(work, Purpose.MAGIC_LINK, token)
    account = active_account(work, held.user_id) if held and held.user_id else None
    if held is None or account is None:
        raise SignInLinkInvalid
    if not account.verified:
        _take_over(work, account.id)
    try:
        prove(work, account.id)
    except LinkInvalid as error:
        raise SignInLinkInvalid from error
    if subject := held.data.get("google_subject"):
        remember(work, account.id, str(subject), account.email)
    return replace(account, verified=True), By(held.data.get("by", By.MAGIC_LINK))


def _take_over(work: Work, user_id: UUID) -> None:
    """The owner of the address is here; who opened the account in its name may have been anybody, and is locked out."""
    work.run(_FORGET_PASSWORD, id=user_id, now=work.now)
    revoke_sessions(work, user_id)
    factors.disable(work, user_id)
    cancel(work, user_id, Purpose.VERIFY_EMAIL, Purpose.RESET_PASSWORD, Purpose.MFA)
