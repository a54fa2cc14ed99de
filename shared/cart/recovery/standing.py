"""Whether the buyer of a cart may still be reminded of it: asked when it is left, when a mail is due, and when it leaves."""

from typing import Any, LiteralString
from uuid import UUID

from shared.platform.work import Work

# Two sequences: a shop must not be a way to bury somebody in mails by leaving carts in their name.
MOST_IN_A_WEEK = 6
# Why the buyer of a cart `c` is not mailed about it at %(now)s, whatever the cart itself says; NULL for no reason. A customer who has
# never been asked has not said no.
OTHERS: LiteralString = f"""
    CASE WHEN EXISTS (SELECT FROM cart.cart_recovery_declines d
                       WHERE d.brand_id = c.brand_id AND d.email_key = c.email_key) THEN 'unsubscribed'
         WHEN EXISTS (SELECT FROM identity.customers k
                       WHERE k.brand_id = c.brand_id AND k.email_key = c.email_key
                         AND NOT k.marketing_opt_in AND k.marketing_opt_in_at IS NOT NULL)
           OR EXISTS (SELECT FROM identity.customers k
                       WHERE k.brand_id = c.brand_id AND k.id = c.customer_id
                         AND NOT k.marketing_opt_in AND k.marketing_opt_in_at IS NOT NULL) THEN 'opted_out'
         WHEN EXISTS (SELECT FROM cart.carts o
                       WHERE o.brand_id = c.brand_id AND o.email_key = c.email_key AND o.id <> c.id
                         AND o.status = 'converted' AND o.converted_at >= c.last_activity_at)
           OR EXISTS (SELECT FROM cart.carts o
                       WHERE o.brand_id = c.brand_id AND o.customer_id = c.customer_id AND o.id <> c.id
                         AND o.status = 'converted' AND o.converted_at >= c.last_activity_at) THEN 'bought'
         WHEN EXISTS (SELECT FROM cart.carts o
                       WHERE o.brand_id = c.brand_id AND o.email_key = c.email_key AND o.id <> c.id
                         AND o.status IN ('active', 'abandoned') AND o.last_activity_at > c.last_activity_at)
           OR EXISTS (SELECT FROM cart.carts o
                       WHERE o.brand_id = c.brand_id AND o.customer_id = c.customer_id AND o.id <> c.id
                         AND o.status IN ('active', 'abandoned') AND o.last_activity_at > c.last_activity_at) THEN 'newer_cart'
         WHEN (SELECT count(*) FROM cart.cart_recovery_emails m
                WHERE m.brand_id = c.brand_id AND m.email_key = c.email_key AND m.cart_id <> c.id
                  AND m.sent_at > %(now)s::timestamptz - interval '7 days') >= {MOST_IN_A_WEEK} THEN 'too_many'
    END
"""
# Of the cart itself; the lock comes first, so that whoever pays or comes back meanwhile has done so or waits.
_STANDING = f"""
    SELECT c.id, c.locale, c.email, c.currency::text AS currency, c.customer_id,
           (SELECT k.first_name FROM identity.customers k
             WHERE k.brand_id = c.brand_id AND (k.id = c.customer_id OR k.email_key = c.email_key)
             ORDER BY k.id = c.customer_id DESC NULLS LAST, k.user_id IS NULL LIMIT 1) AS first_name,
           CASE WHEN c.merged_into IS NOT NULL THEN 'merged'
                WHEN c.status = 'converted' THEN 'bought'
                WHEN c.status = 'expired' THEN 'expired'
                WHEN c.status = 'active' OR c.order_id IS NOT NULL THEN 'resumed'
                WHEN c.email IS NULL THEN 'no_address'
                WHEN NOT EXISTS (SELECT FROM cart.cart_items i WHERE i.brand_id = c.brand_id AND i.cart_id = c.id) THEN 'emptied'
                ELSE {OTHERS} END AS reason
      FROM cart.carts c WHERE c.id = %(cart)s
"""
_LOCK = "SELECT id FROM cart.carts WHERE id = %(cart)s FOR UPDATE"
_LOCK_IDLE = "SELECT id FROM cart.carts WHERE id = %(cart)s FOR UPDATE SKIP LOCKED"


def lock_and_ask(work: Work, cart_id: UUID, *, wait: bool = True) -> Any | None:
    """Lock a cart and say how it stands: `reason` (None: its buyer may be mailed), `email`, `locale`, `currency`, `first_name`.

    None when there is no such cart, or when somebody has it in hands and nobody is to be waited for.
    """
    locked = work.soon(_LOCK if wait else _LOCK_IDLE, cart=cart_id)
    found = work.one(_STANDING, cart=cart_id, now=work.now)
    return found if locked.one() is not None else None
