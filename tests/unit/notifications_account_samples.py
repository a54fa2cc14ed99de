"""The mails about accounts, to look at in tests, and whatever else they may be given."""

from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st

from shared.notifications.templates.account_locked.variables import AccountLockedV1
from shared.notifications.templates.already_registered.variables import AlreadyRegisteredV1
from shared.notifications.templates.email_verification.variables import EmailVerificationV1
from shared.notifications.templates.invitation.variables import InvitationV1
from shared.notifications.templates.magic_link.variables import MagicLinkV1
from shared.notifications.templates.mfa_disabled.variables import MfaDisabledV1
from shared.notifications.templates.mfa_enabled.variables import MfaEnabledV1
from shared.notifications.templates.new_sign_in.variables import NewSignInV1
from shared.notifications.templates.password_changed.variables import PasswordChangedV1
from shared.notifications.templates.password_reset.variables import PasswordResetV1
from shared.notifications.templates.session_revoked.variables import SessionRevokedV1
from shared.notifications.variables import MailVariables

_AT = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)
_FORGOTTEN = "https://cimes.example/account/forgotten-password"
_SIGN_IN = "https://cimes.example/account/sign-in"
_TOKEN = "Vd7Vh0mWbY2kXzJq4nLr8sTcPf1aGeUo3iKw9yBxQ5M"


def _link(page: str) -> str:
    return f"https://cimes.example/account/{page}?token={_TOKEN}"


ACCOUNT_SAMPLES: tuple[MailVariables, ...] = (
    EmailVerificationV1(link=_link("verify-email"), hours=24),
    AlreadyRegisteredV1(sign_in_link=_SIGN_IN, reset_link=_FORGOTTEN),
    PasswordResetV1(link=_link("reset-password"), minutes=60),
    MagicLinkV1(link=_link("magic-link"), minutes=15),
    AccountLockedV1(link=_link("magic-link"), minutes=15, reset_link=_FORGOTTEN),
    InvitationV1(link=_link("invitation"), days=7, kind="staff", role="manager", invited_by="Agathe Delvaux"),
    NewSignInV1(device="Firefox, Linux", ip="192.0.2.17", at=_AT, reset_link=_FORGOTTEN),
    SessionRevokedV1(device=None, at=_AT, reset_link=_FORGOTTEN),
    PasswordChangedV1(at=_AT, reset_link=_FORGOTTEN),
    MfaEnabledV1(at=_AT, reset_link=_FORGOTTEN),
    MfaDisabledV1(at=_AT, reset_link=_FORGOTTEN),
)

_LINK = st.just(_link("somewhere"))
_NUMBER = st.integers(1, 1000)
_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1, max_size=40)
_MOMENT = st.datetimes(timezones=st.just(UTC)).filter(lambda moment: 1900 < moment.year < 2200)
_DEVICE = st.none() | _TEXT

ACCOUNT_VARIABLES: dict[type[MailVariables], st.SearchStrategy[Any]] = {
    EmailVerificationV1: st.builds(EmailVerificationV1, link=_LINK, hours=_NUMBER),
    AlreadyRegisteredV1: st.builds(AlreadyRegisteredV1, sign_in_link=_LINK, reset_link=_LINK),
    PasswordResetV1: st.builds(PasswordResetV1, link=_LINK, minutes=_NUMBER),
    MagicLinkV1: st.builds(MagicLinkV1, link=_LINK, minutes=_NUMBER),
    AccountLockedV1: st.builds(AccountLockedV1, link=_LINK, minutes=_NUMBER, reset_link=_LINK),
    InvitationV1: st.builds(InvitationV1, link=_LINK, days=_NUMBER, invited_by=_TEXT),
    NewSignInV1: st.builds(NewSignInV1, device=_DEVICE, ip=_DEVICE, at=_MOMENT, reset_link=_LINK),
    SessionRevokedV1: st.builds(SessionRevokedV1, device=_DEVICE, at=_MOMENT, reset_link=_LINK),
    PasswordChangedV1: st.builds(PasswordChangedV1, at=_MOMENT, reset_link=_LINK),
    MfaEnabledV1: st.builds(MfaEnabledV1, at=_MOMENT, reset_link=_LINK),
    MfaDisabledV1: st.builds(MfaDisabledV1, at=_MOMENT, reset_link=_LINK),
}
