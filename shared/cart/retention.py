"""How long links to carts live, and how long closed carts know whose they were; by index, oldest first."""

from datetime import timedelta

from shared.cart.recovery import links
from shared.platform.database import Role
from shared.platform.retention import BATCH
from shared.platform.work import begin

# Nobody asks any more what they once had in a cart; what was bought is the order's to keep.
PEOPLE = timedelta(days=365)

_FORGET = """
    WITH old AS (
        SELECT brand_id, id FROM cart.carts
         WHERE status = 'expired' AND (email IS NOT NULL OR customer_id IS NOT NULL OR postcode IS NOT NULL)
           AND created_at <= %(before)s AND last_activity_at <= %(before)s
         ORDER BY created_at LIMIT %(batch)s FOR UPDATE SKIP LOCKED
    ), reminders AS (
        UPDATE cart.cart_recovery_emails e SET email_key = NULL, unsubscribe_hash = NULL
          FROM old WHERE e.brand_id = old.brand_id AND e.cart_id = old.id
    )
    UPDATE cart.carts c SET email = NULL, customer_id = NULL, postcode = NULL
      FROM old WHERE c.brand_id = old.brand_id AND c.id = old.id
"""


def purge_batch() -> tuple[int, int]:
    """Delete up to BATCH links that have expired, and make as many carts nobody's that were closed so long ago, in every brand;
    answers how many, and no failures."""
    with begin(None, "purge", Role.JOBS) as work:
        forgotten = work.run(_FORGET, before=work.now - PEOPLE, batch=BATCH)
        return forgotten + links.purge_batch(work, BATCH), 0
