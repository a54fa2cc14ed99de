"""The variables of this mail."""

from pydantic import AwareDatetime

from shared.notifications.variables import MailVariables, WebAddress


class MfaDisabledV1(MailVariables):
    """When it was switched off."""

    at: AwareDatetime
    reset_link: WebAddress
