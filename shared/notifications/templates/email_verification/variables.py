"""The variables of this mail."""

from typing import ClassVar

from shared.notifications.variables import MailVariables, WebAddress


class EmailVerificationV1(MailVariables):
    """A link that proves the address. Nothing that whoever gave it has written is shown: they may not be its owner."""

    sealed: ClassVar[bool] = True

    link: WebAddress
    hours: int
