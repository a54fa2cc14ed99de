"""Outcomes: what a call to a payment provider can have come to."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from shared.billing.refund_statuses import RefundStatus
from shared.platform.models import Outcome

# The code of a Failed when the provider has no such thing, whatever it calls that itself.
MISSING = "resource_missing"


class Decline(BaseModel):
    """Why a try on an intent failed, in the provider's words and codes.

    `reference` names the try (its charge, else the event that told of it), so that it is recorded once.
    """

    model_config = ConfigDict(frozen=True)
    code: str | None = None
    decline_code: str | None = None
    message: str | None = None
    reference: str | None = None

    @classmethod
    def of(cls, error: Mapping[str, Any] | None, reference: str | None = None) -> Self | None:
        """The decline in an intent's `last_payment_error`; `reference` when the error names no charge."""
        if not error:
            return None
        return cls(
            code=error.get("code"),
            decline_code=error.get("decline_code"),
            message=error.get("message"),
            reference=error.get("charge") or reference,
        )


class Intent(BaseModel):
    """The provider's payment as it stood when it was looked at. Amounts in minor units, currency in upper case.

    What its payer needs is `client_secret` with Stripe, `approval_url` with PayPal; `capture_id` is PayPal's name of the money.
    """

    model_config = ConfigDict(frozen=True)
    id: str
    status: str
    amount: int
    amount_received: int
    amount_refunded: int = 0
    currency: str
    client_secret: str | None = None
    approval_url: str | None = None
    capture_id: str | None = None
    metadata: dict[str, str] = {}
    decline: Decline | None = None

    @property
    def is_gone(self) -> bool:
        """Whether the provider no longer shows it: nothing can be said of its amounts."""
        return not self.currency


class Known(Outcome):
    """The provider answered: this is its state."""

    kind: Literal["known"] = "known"
    intent: Intent


class Declined(Outcome):
    """The provider answered that the card, the bank or its owner said no; the intent stays payable."""

    kind: Literal["declined"] = "declined"
    intent_id: str | None = None
    decline: Decline


class Failed(Outcome):
    """The provider answered that it did nothing: the request was wrong, not allowed, or one too many."""

    kind: Literal["failed"] = "failed"
    code: str
    message: str
    retryable: bool = False


class Unknown(Outcome):
    """No usable answer came. The provider may or may not have done it: ask, never assume.

    `broken`: an answer came, a 5xx, which the provider gives again under the same idempotency key.
    """

    kind: Literal["unknown"] = "unknown"
    reason: str
    broken: bool = False


class SeenRefund(Outcome):
    """The provider has this refund. `refund_id` is the one of ours that it was made for, None when somebody made it there."""

    kind: Literal["refund"] = "refund"
    id: str
    status: RefundStatus
    amount: int
    currency: str
    refund_id: UUID | None = None
    code: str | None = None


class SeenRefunds(Outcome):
    """Every refund that the provider has of one payment."""

    kind: Literal["refunds"] = "refunds"
    refunds: list[SeenRefund]


class NotThere(Outcome):
    """The provider answered that it has no such thing."""

    kind: Literal["not_there"] = "not_there"


class SeenDispute(Outcome):
    """The provider's dispute as it stood when it was looked at; `status` and `reason` in its own words."""

    kind: Literal["dispute"] = "dispute"
    id: str
    intent_id: str
    status: str
    reason: str
    amount: int
    currency: str
    evidence_due_at: datetime | None = None
    closed: bool = False


type RefundOutcome = Annotated[SeenRefund | NotThere | Failed | Unknown, Field(discriminator="kind")]
type ProviderOutcome = Annotated[Known | Declined | Failed | Unknown, Field(discriminator="kind")]
