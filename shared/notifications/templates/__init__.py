"""The mail templates: per template one folder with its variables and, per version and language, `vN.xx.html/.txt/.subject.txt`."""

from shared.notifications.templates.account_locked.variables import AccountLockedV1
from shared.notifications.templates.already_registered.variables import AlreadyRegisteredV1
from shared.notifications.templates.data_export_ready.variables import DataExportReadyV1
from shared.notifications.templates.email_verification.variables import EmailVerificationV1
from shared.notifications.templates.erasure_done.variables import ErasureDoneV1
from shared.notifications.templates.invitation.variables import InvitationV1
from shared.notifications.templates.level_reached.variables import LevelReachedV1
from shared.notifications.templates.magic_link.variables import MagicLinkV1
from shared.notifications.templates.mfa_disabled.variables import MfaDisabledV1
from shared.notifications.templates.mfa_enabled.variables import MfaEnabledV1
from shared.notifications.templates.new_sign_in.variables import NewSignInV1
from shared.notifications.templates.order_confirmation.variables import OrderConfirmationV1
from shared.notifications.templates.password_changed.variables import PasswordChangedV1
from shared.notifications.templates.password_reset.variables import PasswordResetV1
from shared.notifications.templates.privacy_request_received.variables import PrivacyRequestReceivedV1
from shared.notifications.templates.session_revoked.variables import SessionRevokedV1
from shared.notifications.variables import MailVariables

_ALL: tuple[type[MailVariables], ...] = (
    AccountLockedV1,
    AlreadyRegisteredV1,
    DataExportReadyV1,
    EmailVerificationV1,
    ErasureDoneV1,
    InvitationV1,
    LevelReachedV1,
    MagicLinkV1,
    MfaDisabledV1,
    MfaEnabledV1,
    NewSignInV1,
    OrderConfirmationV1,
    PasswordChangedV1,
    PasswordResetV1,
    PrivacyRequestReceivedV1,
    SessionRevokedV1,
)

# What the sender reads a waiting row's variables with; versions stay until no row waits for them.
MODELS: dict[tuple[str, int], type[MailVariables]] = {
    (model.template, model.version): model for model in _ALL
}
