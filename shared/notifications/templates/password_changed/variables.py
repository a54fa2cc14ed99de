"""The variables of this mail."""

from pydantic import AwareDatetime

from shared.notifications.variables import MailVariables, WebAddress


class PasswordChangedV1(MailVariables):
    """When it changed, and where to go when it was somebody else."""

    at: AwareDatetime
    reset_link: WebAddress
