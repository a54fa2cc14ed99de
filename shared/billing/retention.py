"""How long what providers told lives, and the batch that deletes it, oldest first, by index."""

from datetime import timedelta

from shared.platform.database import Role
from shared.platform.retention import BATCH
from shared.platform.work import begin

# Told again it must still be known: Stripe sends again for 3 days by itself and for 30 when asked to, PayPal for 3 days.
# https://docs.stripe.com/webhooks#retries
WEBHOOKS = timedelta(days=90)

_PROCESSED = """
    DELETE FROM billing.webhook_events WHERE ctid = ANY(ARRAY(
        SELECT ctid FROM billing.webhook_events WHERE processed_at <= %(before)s LIMIT %(batch)s))
"""


def purge_batch() -> tuple[int, int]:
    """Delete up to BATCH webhooks whose effect was recorded so long ago, in every brand; answers how many, and no failures. One that
    waits stays."""
    with begin(None, "purge", Role.JOBS) as work:
        return work.run(_PROCESSED, before=work.now - WEBHOOKS, batch=BATCH), 0
