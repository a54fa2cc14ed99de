"""POST /v1/admin/carts/{cart_id}/send-recovery-email — remind a buyer of a cart now, by the next mail of its sequence."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from shared.cart.recovery.by_hand import remind
from shared.cart.recovery.plan import STEPS
from shared.cart.refusals import (
    CartHeldOut,
    CartNotAbandoned,
    CartNotFound,
    RecoveryMailJustSent,
    RecoveryMailsAllSent,
    RecoveryMailUnwanted,
)
from shared.identity.callers import Staff
from shared.platform.doors import endpoint
from shared.platform.models import Query, Response
from shared.platform.work import Work


class AskForReminder(Query):
    """Without a `step`, the first whose mail has not left."""

    step: Annotated[int, Field(ge=1, le=STEPS)] | None = None


class ReminderSent(Response):
    """The mail is on its way; before it leaves it is asked once more whether it is wanted."""

    cart_id: UUID
    step: int
    sent_at: datetime


def send_recovery_email(ask: AskForReminder, cart_id: UUID, caller: Staff, work: Work) -> ReminderSent:
    step = remind(work, cart_id, ask.step)
    work.audit(after={"step": step})
    return ReminderSent(cart_id=cart_id, step=step, sent_at=work.now)


handler = endpoint(
    "POST",
    "/v1/admin/carts/{cart_id}/send-recovery-email",
    send_recovery_email,
    needs="carts:remind",
    refuses=[
        CartNotFound,
        CartNotAbandoned,
        CartHeldOut,
        RecoveryMailUnwanted,
        RecoveryMailJustSent,
        RecoveryMailsAllSent,
    ],
    status=202,
)
