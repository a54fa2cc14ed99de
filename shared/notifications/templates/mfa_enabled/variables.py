"""The variables of this mail."""

from pydantic import AwareDatetime

from shared.notifications.variables import MailVariables, WebAddress


class MfaEnabledV1(MailVariables):
    """When it was switched on."""

    at: AwareDatetime
    reset_link: WebAddress
