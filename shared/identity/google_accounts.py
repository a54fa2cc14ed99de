"""Which account somebody enters whom Google has named: the one they have entered before, the one of their address, or a new one."""

from uuid import UUID

from shared.identity.accounts import create_customer_account, lock_address
from shared.identity.credentials import Account, active_account, verified_id
from shared.identity.email_addresses import account_key
from shared.identity.events import AccountRegisteredV1, EmailVerifiedV1
from shared.identity.google import GoogleSignInRefused, Profile
from shared.identity.links import Page, link
from shared.identity.one_time_tokens import LIFETIMES, Purpose, issue
from shared.identity.terms import accept_terms
from shared.identity.user_identities import remember, user_of
from shared.kernel.ids import new_id
from shared.kernel.languages import preferred_language
from shared.kernel.refusals import Forbidden, Refusal
from shared.notifications.addresses import UnmailableAddress, mailable
from shared.notifications.mails import queue
from shared.notifications.templates.magic_link.variables import MagicLinkV1
from shared.platform.work import Work


class GoogleEmailUnverified(Forbidden):
    """Google has not verified your address; verify it there, or sign in another way."""


class EmailConfirmationRequired(Forbidden):
    """An account has this address already: follow the link that we have mailed there, and Google is linked to it."""


def enter(work: Work, profile: Profile, *, terms: bool) -> Account | Refusal:
    """The account that somebody enters, made if need be. Raises GoogleSignInRefused, GoogleEmailUnverified."""
    known = user_of(work, profile.subject)
    if known is not None:
        return _active(work, known)
    if not profile.email_verified:
        raise GoogleEmailUnverified
    try:
        email = mailable(profile.email)
    except UnmailableAddress as error:
        raise GoogleEmailUnverified from error
    # Somebody who clicks twice sets out twice, and is made once.
    lock_address(work, account_key(email))
    known = user_of(work, profile.subject)
    if known is not None:
        return _active(work, known)
    owner = verified_id(work, account_key(email))
    if owner is None:
        return _make(work, profile, email, terms=terms)
    account = _active(work, owner)
    if not profile.is_final:
        # Google asked once, perhaps years ago, and the mailbox may be another's by now: its owner is asked.
        return _ask_owner(work, account, profile)
    remember(work, account.id, profile.subject, email)
    return account


def _make(work: Work, profile: Profile, email: str, *, terms: bool) -> Account:
    locale = preferred_language(profile.locale or "")
    user_id, customer_id = create_customer_account(
        work, email, None, profile.first_name, profile.last_name, locale=locale
    )
    if terms:
        accept_terms(work, user_id)
    remember(work, user_id, profile.subject, email)
    work.tell(AccountRegisteredV1(user_id=user_id, customer_id=customer_id), key=str(user_id))
    work.tell(EmailVerifiedV1(user_id=user_id, customer_id=customer_id), key=str(user_id))
    return _active(work, user_id)


def _ask_owner(work: Work, account: Account, profile: Profile) -> EmailConfirmationRequired:
    token = issue(work, Purpose.MAGIC_LINK, account.id, {"google_subject": profile.subject})
    minutes = int(LIFETIMES[Purpose.MAGIC_LINK].total_seconds()) // 60
    told = MagicLinkV1(link=link(work.brand, Page.MAGIC_LINK, token), minutes=minutes)
    queue(work, told, to=account.email, locale=account.locale, key=f"google_link:{new_id(work.now)}")
    return EmailConfirmationRequired()


def _active(work: Work, user_id: UUID) -> Account:
    account = active_account(work, user_id)
    if account is None:
        raise GoogleSignInRefused
    return account
