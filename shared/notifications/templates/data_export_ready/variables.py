"""The variables of this mail."""

from typing import ClassVar

from pydantic import AwareDatetime, PositiveInt

from shared.notifications.variables import MailVariables, WebAddress


class DataExportReadyV1(MailVariables):
    """Where the archive is until when. Whoever holds the link can open it, so it lies sealed."""

    sealed: ClassVar[bool] = True

    link: WebAddress
    expires_at: AwareDatetime
    kilobytes: PositiveInt
