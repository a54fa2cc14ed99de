"""Tries at paying that were declined: rows, each written once."""

from shared.billing.outcomes import Decline
from shared.billing.store import Payment
from shared.kernel.ids import new_id
from shared.platform.work import Work


def add(work: Work, payment: Payment, decline: Decline) -> bool:
    """Record one declined try; False when it was recorded before, or cannot be told from others."""
    if decline.reference is None:
        return False
    return bool(
        work.run(
            """INSERT INTO billing.payment_declines
                   (id, payment_id, reference, code, decline_code, message, declined_at)
               VALUES (%(id)s, %(payment_id)s, %(reference)s, %(code)s, %(decline_code)s, %(message)s, %(now)s)
               ON CONFLICT (brand_id, payment_id, reference) DO NOTHING""",
            id=new_id(work.now),
            payment_id=payment.id,
            now=work.now,
            **decline.model_dump(),
        )
    )
