"""What is mailed when somebody has asked for a link: to whom, if to anybody, and which."""

from typing import Any
from uuid import UUID

from shared.identity.link_requests import LinkKind
from shared.identity.links import Page, link
from shared.identity.one_time_tokens import LIFETIMES, Purpose, issue
from shared.notifications.mails import queue
from shared.notifications.templates.account_locked.variables import AccountLockedV1
from shared.notifications.templates.already_registered.variables import AlreadyRegisteredV1
from shared.notifications.templates.email_verification.variables import EmailVerificationV1
from shared.notifications.templates.magic_link.variables import MagicLinkV1
from shared.notifications.templates.password_reset.variables import PasswordResetV1
from shared.notifications.variables import MailVariables
from shared.platform.work import Work

# The account that has proved the address, else the latest that claims it. Who may not sign in is sent no way in.
_OWNER = """
    SELECT id, email, locale, email_verified_at FROM identity.users
     WHERE email_key = %(email_key)s AND status = 'active' AND deleted_at IS NULL
     ORDER BY email_verified_at IS NULL, id = %(user_id)s DESC, created_at DESC, id DESC LIMIT 1
"""


def answer(work: Work, wanted: Any) -> None:
    """Mail what a link request (`id`, `kind`, `email_key`, `user_id`) asks for to the address's owner, if it has one."""
    owner = work.one(_OWNER, email_key=wanted.email_key, user_id=wanted.user_id)
    if owner is None:
        return
    told = _told(work, LinkKind(wanted.kind), owner)
    queue(work, told, to=owner.email, locale=owner.locale, key=f"{told.template}:{wanted.id}")


def _told(work: Work, kind: LinkKind, owner: Any) -> MailVariables:
    forgotten = link(work.brand, Page.FORGOTTEN)
    match kind:
        case LinkKind.VERIFY_EMAIL if owner.email_verified_at is not None:
            return AlreadyRegisteredV1(sign_in_link=link(work.brand, Page.SIGN_IN), reset_link=forgotten)
        case LinkKind.VERIFY_EMAIL:
            return EmailVerificationV1(
                link=_link(work, Purpose.VERIFY_EMAIL, Page.VERIFY_EMAIL, owner.id),
                hours=_minutes(Purpose.VERIFY_EMAIL) // 60,
            )
        case LinkKind.RESET_PASSWORD:
            return PasswordResetV1(
                link=_link(work, Purpose.RESET_PASSWORD, Page.RESET_PASSWORD, owner.id),
                minutes=_minutes(Purpose.RESET_PASSWORD),
            )
    sign_in = _link(work, Purpose.MAGIC_LINK, Page.MAGIC_LINK, owner.id)
    minutes = _minutes(Purpose.MAGIC_LINK)
    if kind is LinkKind.UNLOCK:
        return AccountLockedV1(link=sign_in, minutes=minutes, reset_link=forgotten)
    return MagicLinkV1(link=sign_in, minutes=minutes)


def _link(work: Work, purpose: Purpose, page: Page, user_id: UUID) -> str:
    return link(work.brand, page, issue(work, purpose, user_id))


def _minutes(purpose: Purpose) -> int:
    return int(LIFETIMES[purpose].total_seconds()) // 60
