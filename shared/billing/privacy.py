"""Personal data in billing: what the provider's webhooks say of the payer. Payments themselves name nobody."""

from shared.platform.personal_data import Erased, Exported, Fate, Person, Planned
from shared.platform.work import Work

PLAN = (
    Planned("billing.webhook_events", ("payload",), Fate.ERASED),
    Planned("billing.payment_declines", ("message",), Fate.KEPT, "the provider's words, which name nobody"),
    Planned("billing.payments", ("error_message",), Fate.KEPT, "the provider's words, which name nobody"),
)

_INTENTS = """
    SELECT gateway_id FROM billing.payments WHERE order_id = ANY(%(orders)s) AND gateway_id IS NOT NULL
"""
# The intent that a webhook tells of, as the index has it (migration 0015).
_ABOUT = "coalesce(payload #>> '{data,object,payment_intent}', payload #>> '{data,object,id}')"
# What brings a webhook home stays, should it come again; all that it says of the payer goes.
_ERASE = f"""
    UPDATE billing.webhook_events
       SET payload = jsonb_build_object(
               'id', event_id, 'type', type, 'erased', true,
               'data', jsonb_build_object('object', jsonb_strip_nulls(jsonb_build_object(
                   'id', payload #> '{{data,object,id}}', 'object', payload #> '{{data,object,object}}',
                   'payment_intent', payload #> '{{data,object,payment_intent}}',
                   'metadata', payload #> '{{data,object,metadata}}'))))
     WHERE {_ABOUT} = ANY(%(intents)s) AND NOT payload ? 'erased'
"""


def export(work: Work, person: Person) -> Exported:
    """Every payment for the person's orders."""
    rows = work.all(
        """SELECT id, order_id, gateway, gateway_id, status, currency, amount, captured_amount, refunded_amount, created_at,
                  captured_at
             FROM billing.payments WHERE order_id = ANY(%(orders)s) ORDER BY id""",
        orders=list(person.order_ids),
    )
    return Exported({"payments": [row._asdict() for row in rows]})


def erase(work: Work, person: Person) -> Erased:
    """Empty the webhooks about the person's payments."""
    intents = [row.gateway_id for row in work.all(_INTENTS, orders=list(person.order_ids))]
    return Erased(work.run(_ERASE, intents=intents))
