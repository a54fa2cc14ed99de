"""The variables of this mail."""

from typing import ClassVar

from shared.notifications.variables import MailVariables, WebAddress


class AccountLockedV1(MailVariables):
    """A link that signs the owner in and unlocks the account."""

    sealed: ClassVar[bool] = True

    link: WebAddress
    minutes: int
    reset_link: WebAddress
