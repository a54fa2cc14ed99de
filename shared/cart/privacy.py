"""Personal data in carts: whose they are, where they would be sent, and who is reminded of them."""

from typing import LiteralString

from shared.platform.personal_data import Erased, Exported, Fate, Person, Planned
from shared.platform.work import Work

PLAN = (
    Planned("cart.carts", ("email", "email_key", "postcode"), Fate.ERASED),
    Planned("cart.cart_recovery_emails", ("email_key",), Fate.ERASED),
    Planned("cart.cart_recovery_declines", ("email_key",), Fate.ERASED),
)

_OF_PERSON: LiteralString = "(customer_id = ANY(%(ids)s) OR email_key = ANY(%(emails)s))"
_REASON = "erased"
# Links end first, and what waits is cancelled: nobody is mailed by what an erasure has left. All is locked before, carts first.
_ERASE: tuple[LiteralString, ...] = (
    f"SELECT id FROM cart.carts WHERE {_OF_PERSON} ORDER BY id FOR UPDATE",
    f"""SELECT id FROM cart.cart_recovery_emails
         WHERE email_key = ANY(%(emails)s) OR cart_id IN (SELECT id FROM cart.carts WHERE {_OF_PERSON})
         ORDER BY id FOR UPDATE""",
    f"""DELETE FROM cart.cart_recovery_tokens
         WHERE cart_id IN (SELECT id FROM cart.carts WHERE {_OF_PERSON})""",
    f"""UPDATE cart.cart_recovery_emails
           SET email_key = NULL, unsubscribe_hash = NULL,
               cancelled_at = CASE WHEN sent_at IS NULL THEN coalesce(cancelled_at, %(now)s) END,
               cancel_reason = CASE WHEN sent_at IS NULL THEN coalesce(cancel_reason, %(reason)s) END
         WHERE email_key = ANY(%(emails)s) OR cart_id IN (SELECT id FROM cart.carts WHERE {_OF_PERSON})""",
    "DELETE FROM cart.cart_recovery_declines WHERE email_key = ANY(%(emails)s)",
)


def export(work: Work, person: Person) -> Exported:
    """Every cart of the person, with its lines and the reminders of it; and whether they want none."""
    rows = work.all(
        f"""SELECT c.id, c.status, c.currency, c.email, c.country, c.postcode, c.created_at, c.last_activity_at, c.abandoned_at,
                   (SELECT coalesce(jsonb_agg(jsonb_build_object('sku', i.sku, 'title', i.title, 'quantity', i.quantity,
                           'unit_price_amount', i.unit_price_amount, 'currency', i.currency) ORDER BY i.id), '[]')
                      FROM cart.cart_items i WHERE i.brand_id = c.brand_id AND i.cart_id = c.id) AS items,
                   (SELECT coalesce(jsonb_agg(jsonb_build_object('step', e.step, 'due_at', e.due_at, 'sent_at', e.sent_at,
                           'cancelled_at', e.cancelled_at, 'cancel_reason', e.cancel_reason) ORDER BY e.step), '[]')
                      FROM cart.cart_recovery_emails e WHERE e.brand_id = c.brand_id AND e.cart_id = c.id) AS reminders
              FROM cart.carts c WHERE {_OF_PERSON} ORDER BY c.id""",
        **_by(person),
    )
    declined = work.all(
        "SELECT email_key AS email, declined_at FROM cart.cart_recovery_declines WHERE email_key = ANY(%(emails)s) ORDER BY 1",
        emails=person.email_keys,
    )
    return Exported(
        {
            "carts": [row._asdict() for row in rows],
            "declined_reminders": [row._asdict() for row in declined],
        }
    )


def erase(work: Work, person: Person) -> Erased:
    """Make the person's carts nobody's, and end their reminders."""
    for sql in _ERASE:
        work.soon(sql, **_by(person), reason=_REASON, now=work.now)
    return Erased(
        work.run(
            f"UPDATE cart.carts SET email = NULL, customer_id = NULL, postcode = NULL WHERE {_OF_PERSON}",
            **_by(person),
        )
    )


def _by(person: Person) -> dict[str, object]:
    return {"ids": list(person.customer_ids), "emails": person.email_keys}
