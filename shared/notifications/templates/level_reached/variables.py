"""The variables of this mail."""

from typing import Literal

from shared.notifications.variables import MailVariables, WebAddress


class LevelReachedV1(MailVariables):
    """Who has reached which level, and where it is shown. No `first_name`: nobody knows it."""

    first_name: str = ""
    level: Literal["explorateur", "protecteur", "ambassadeur"]
    page: WebAddress
