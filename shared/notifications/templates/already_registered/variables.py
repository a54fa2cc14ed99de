"""The variables of this mail."""

from shared.notifications.variables import MailVariables, WebAddress


class AlreadyRegisteredV1(MailVariables):
    """Ways into the account that the owner of the address has already."""

    sign_in_link: WebAddress
    reset_link: WebAddress
