"""Who wants no mails about carts: one click in a mail ends them for the address it went to."""

from uuid import UUID

from shared.cart.tokens import token_hash
from shared.platform.work import Work

# What its unsubscribe links are about.
TOPIC = "cart"
_REASON = "unsubscribed"

_OF_LINK = "SELECT email_key FROM cart.cart_recovery_emails WHERE unsubscribe_hash = %(hash)s"
_DECLINE = """
    INSERT INTO cart.cart_recovery_declines (email_key, declined_at) VALUES (%(key)s, %(now)s) ON CONFLICT DO NOTHING
"""
_CANCEL = """
    UPDATE cart.cart_recovery_emails SET cancelled_at = %(now)s, cancel_reason = %(reason)s
     WHERE id IN (SELECT e.id FROM cart.cart_recovery_emails e
                   WHERE e.email_key = %(key)s AND e.sent_at IS NULL AND e.cancelled_at IS NULL ORDER BY e.id FOR UPDATE)
"""
_REMEMBER = "UPDATE cart.cart_recovery_emails SET unsubscribe_hash = %(hash)s WHERE id = %(id)s"


def remember_link(work: Work, step_id: UUID, token: str) -> None:
    """Keep a digest of the unsubscribe token in the mail of this step."""
    work.soon(_REMEMBER, id=step_id, hash=token_hash(token))


def decline(work: Work, token: str) -> bool:
    """Who has the link wants no more of these mails, about whichever cart. False: no such link."""
    found = work.one(_OF_LINK, hash=token_hash(token))
    if found is None:
        return False
    # An erasure has taken the address: there is nobody left to be mailed.
    if found.email_key is not None:
        work.soon(_DECLINE, key=found.email_key, now=work.now)
        work.soon(_CANCEL, key=found.email_key, reason=_REASON, now=work.now)
    return True
