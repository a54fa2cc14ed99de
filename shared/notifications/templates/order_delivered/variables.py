"""The variables of this mail."""

from pydantic import AwareDatetime

from shared.notifications.variables import MailVariables


class OrderDeliveredV1(MailVariables):
    """`last_day`: the last one on which a consumer may withdraw; None for who may not."""

    order_number: str
    first_name: str
    last_day: AwareDatetime | None = None
