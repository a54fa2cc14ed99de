"""The variables of this mail."""

from typing import ClassVar

from shared.notifications.variables import MailVariables, WebAddress


class PasswordResetV1(MailVariables):
    """A link that lets its holder choose a new password."""

    sealed: ClassVar[bool] = True

    link: WebAddress
    minutes: int
