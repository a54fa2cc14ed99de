"""The variables of this mail."""

from typing import ClassVar

from shared.notifications.variables import MailVariables, WebAddress


class MagicLinkV1(MailVariables):
    """A link that signs its holder in."""

    sealed: ClassVar[bool] = True

    link: WebAddress
    minutes: int
