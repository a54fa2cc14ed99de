"""The variables of this mail."""

from typing import Literal

from pydantic import AwareDatetime

from shared.notifications.variables import MailVariables, WebAddress


class PrivacyRequestReceivedV1(MailVariables):
    """What was asked for and when, until when it will be done, and where to go when it was somebody else."""

    kind: Literal["export", "erase"]
    asked_at: AwareDatetime
    due_at: AwareDatetime
    reset_link: WebAddress
