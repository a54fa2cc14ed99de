"""The variables of this mail."""

from typing import ClassVar, Literal

from shared.notifications.variables import MailVariables, WebAddress


class InvitationV1(MailVariables):
    """A link by which its holder joins; `role` is what they will be: a role of the staff, or `owner` or `staff` of a partner."""

    sealed: ClassVar[bool] = True

    link: WebAddress
    days: int
    kind: Literal["staff", "partner"]
    role: Literal["creator", "support", "manager", "admin", "owner", "staff"]
    invited_by: str
