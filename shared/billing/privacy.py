"""Personal data in billing: what the provider's webhooks say of the payer, whom invoices name, and who used promotions. Payments
themselves name nobody."""

from shared.billing.invoices import privacy as invoices
from shared.billing.promotions import privacy as promotions
from shared.platform.personal_data import Erased, Exported, Fate, Person, Planned
from shared.platform.work import Work

PLAN = (
    Planned("billing.webhook_events", ("payload",), Fate.ERASED),
    Planned("billing.payment_declines", ("message",), Fate.KEPT, "the provider's words, which name nobody"),
    Planned("billing.payments", ("error_message",), Fate.KEPT, "the provider's words, which name nobody"),
    *invoices.PLAN,
    *promotions.PLAN,
)

_NAMES = """
    SELECT gateway_id AS name FROM billing.payments WHERE order_id = ANY(%(orders)s) AND gateway_id IS NOT NULL
    UNION SELECT capture_id FROM billing.payments WHERE order_id = ANY(%(orders)s) AND capture_id IS NOT NULL
"""
# What brings a webhook home stays, should it come again; all that it says of the payer goes.
_KEPT = {
    "stripe": """
        jsonb_build_object(
            'id', event_id, 'type', type, 'erased', true,
            'data', jsonb_build_object('object', jsonb_strip_nulls(jsonb_build_object(
                'id', payload #> '{data,object,id}', 'object', payload #> '{data,object,object}',
                'payment_intent', payload #> '{data,object,payment_intent}',
                'metadata', payload #> '{data,object,metadata}'))))
    """,
    "paypal": """
        jsonb_build_object(
            'id', event_id, 'event_type', type, 'erased', true,
            'resource', jsonb_strip_nulls(jsonb_build_object(
                'id', payload #> '{resource,id}', 'dispute_id', payload #> '{resource,dispute_id}',
                'custom_id', payload #> '{resource,custom_id}', 'links', payload #> '{resource,links}',
                'supplementary_data', payload #> '{resource,supplementary_data}',
                'disputed_transactions', (
                    SELECT jsonb_agg(jsonb_build_object('seller_transaction_id', each -> 'seller_transaction_id'))
                      FROM jsonb_path_query(payload, '$.resource.disputed_transactions[*]') AS each))))
    """,
}


def export(work: Work, person: Person) -> Exported:
    """Every payment for the person's orders, every invoice, and every use of a promotion."""
    rows = work.all(
        """SELECT id, order_id, gateway, gateway_id, status, currency, amount, captured_amount, refunded_amount, created_at,
                  captured_at
             FROM billing.payments WHERE order_id = ANY(%(orders)s) ORDER BY id""",
        orders=list(person.order_ids),
    )
    return Exported(
        {
            "payments": [row._asdict() for row in rows],
            "invoices": invoices.export(work, person),
            "promotions": promotions.export(work, person),
        }
    )


def erase(work: Work, person: Person) -> Erased:
    """Empty the webhooks about the person's payments, and take the person out of their invoices and out of what they used of promotions."""
    names = [row.name for row in work.all(_NAMES, orders=list(person.order_ids))]
    emptied = sum(
        work.run(
            f"""UPDATE billing.webhook_events SET payload = {kept}
                 WHERE provider = %(provider)s AND about = ANY(%(names)s) AND NOT payload ? 'erased'""",
            provider=provider,
            names=names,
        )
        for provider, kept in _KEPT.items()
    )
    named = invoices.erase(work, person)
    return Erased(emptied + named.rows + promotions.erase(work, person), named.kept)
