"""The variables of this mail."""

from pydantic import AwareDatetime

from shared.notifications.variables import MailVariables, WebAddress


class SessionRevokedV1(MailVariables):
    """Which session was ended and when; `device` is ours, not what the device calls itself."""

    device: str | None
    at: AwareDatetime
    reset_link: WebAddress
