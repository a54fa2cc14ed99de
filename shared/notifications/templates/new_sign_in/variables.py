"""The variables of this mail."""

from pydantic import AwareDatetime

from shared.notifications.variables import MailVariables, WebAddress


class NewSignInV1(MailVariables):
    """Where from and when; `device` (“Firefox, Linux”) is ours, not what the device calls itself."""

    device: str | None
    ip: str | None
    at: AwareDatetime
    reset_link: WebAddress
