"""Mails that tell somebody what has happened to their account. Only a proved address is told: another may be anybody's.

Who signs in pays for no mail that is not written: the models are imported where they are used.
"""

from uuid import UUID

from shared.identity.links import Page, link
from shared.identity.sessions import Device
from shared.identity.user_agents import device_label
from shared.kernel.ids import new_id
from shared.notifications.mails import queue
from shared.notifications.variables import MailVariables
from shared.platform.work import Work

_OWNER = """
    SELECT email, locale FROM identity.users
     WHERE id = %(user_id)s AND email_verified_at IS NOT NULL AND deleted_at IS NULL
"""
_SEEN = """
    SELECT EXISTS (SELECT 1 FROM identity.sessions WHERE user_id = %(user_id)s) AS any,
           EXISTS (SELECT 1 FROM identity.sessions WHERE user_id = %(user_id)s AND user_agent = %(agent)s) AS this
"""


def password_changed(work: Work, user_id: UUID) -> None:
    """The account has a new password."""
    from shared.notifications.templates.password_changed.variables import PasswordChangedV1

    _tell(work, user_id, PasswordChangedV1(at=work.now, reset_link=_forgotten(work)))


def mfa_enabled(work: Work, user_id: UUID) -> None:
    """A second factor was switched on."""
    from shared.notifications.templates.mfa_enabled.variables import MfaEnabledV1

    _tell(work, user_id, MfaEnabledV1(at=work.now, reset_link=_forgotten(work)))


def mfa_disabled(work: Work, user_id: UUID) -> None:
    """The second factor was switched off."""
    from shared.notifications.templates.mfa_disabled.variables import MfaDisabledV1

    _tell(work, user_id, MfaDisabledV1(at=work.now, reset_link=_forgotten(work)))


def new_device(work: Work, user_id: UUID, device: Device) -> None:
    """Before a session begins: the account has been used, but never by this browser."""
    seen = work.one(_SEEN, user_id=user_id, agent=device.user_agent)
    if seen is None or not seen.any or seen.this:
        return
    from shared.notifications.templates.new_sign_in.variables import NewSignInV1

    label = device_label(device.user_agent)
    _tell(
        work,
        user_id,
        NewSignInV1(device=label, ip=device.ip, at=work.now, reset_link=_forgotten(work)),
    )


def session_revoked(work: Work, user_id: UUID, session_id: UUID) -> None:
    """A session was ended because its refresh token was used twice."""
    from shared.notifications.templates.session_revoked.variables import SessionRevokedV1

    agent = work.value("SELECT user_agent FROM identity.sessions WHERE id = %(id)s", id=session_id)
    told = SessionRevokedV1(device=device_label(agent or ""), at=work.now, reset_link=_forgotten(work))
    _tell(work, user_id, told, key=f"{told.template}:{session_id}")


def _tell(work: Work, user_id: UUID, variables: MailVariables, key: str | None = None) -> None:
    owner = work.one(_OWNER, user_id=user_id)
    if owner is not None:
        key = key or f"{variables.template}:{new_id(work.now)}"
        queue(work, variables, to=owner.email, locale=owner.locale, key=key)


def _forgotten(work: Work) -> str:
    return link(work.brand, Page.FORGOTTEN)
