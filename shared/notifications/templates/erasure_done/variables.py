"""The variables of this mail."""

from typing import ClassVar, Literal

from pydantic import AwareDatetime

from shared.notifications.variables import MailVariables, Part, WebAddress

# What is kept, by the word of the plan that keeps it (shared/identity/erasure_plan.py).
type Kept = Literal[
    "accounting", "business_invoices", "open_orders", "identity_checks", "delivery", "answer", "other"
]


class KeptPart(Part):
    """Something that is kept, by which law, until when (None: until an open matter is closed)."""

    what: Kept
    law: str
    until: AwareDatetime | None = None


class ErasureDoneV1(MailVariables):
    """When it was done, what is kept, and where the signed certificate is until when."""

    sealed: ClassVar[bool] = True

    done_at: AwareDatetime
    kept: tuple[KeptPart, ...] = ()
    link: WebAddress
    expires_at: AwareDatetime
