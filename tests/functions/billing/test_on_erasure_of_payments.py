"""erasure.started, as billing hears it."""

import pytest

from functions.billing.on_erasure_of_payments import handler
from shared.billing import paypal_webhooks, webhooks
from shared.platform.brands import Brand
from shared.platform.work import begin
from tests.buyers import Buyer, for_sale
from tests.erasing import erase_in
from tests.gateway import Bus
from tests.people import Person, rows
from tests.till import Till

pytestmark = pytest.mark.usefixtures("issuer")
_HOOK = """
    INSERT INTO billing.webhook_events (id, provider, event_id, type, payload, received_at, processed_at, about)
    SELECT gen_random_uuid(), 'stripe', 'evt_' || p.gateway_id, 'charge.refunded', jsonb_build_object(
               'id', 'evt_' || p.gateway_id, 'type', 'charge.refunded', 'data', jsonb_build_object('object',
               jsonb_build_object('id', 'ch_1', 'object', 'charge', 'payment_intent', p.gateway_id,
                                  'metadata', jsonb_build_object('payment_id', p.id),
                                  'billing_details', jsonb_build_object('email', 'ada@example.com')))), %(now)s, %(now)s,
           p.gateway_id
      FROM billing.payments p
"""


def test_webhooks_forget_the_payer_and_still_find_home(brand: Brand, till: Till, bus: Bus) -> None:
    ada = Person.member(brand, "ada@example.com")
    for email in ("ada@example.com", "bob@example.com"):
        buyer = Buyer.of(brand)
        buyer.add(for_sale(brand))
        buyer.check_out(email=email)
    with begin(brand, "test") as work:
        work.run(_HOOK, now=work.now)
    told = erase_in(ada, handler, bus, times=2)
    assert (told["holder"], told["rows"]) == ("billing", 1)
    kept = rows(brand, "SELECT event_id, payload FROM billing.webhook_events")
    emptied = [row for row in kept if "erased" in row.payload]
    assert len(emptied) == 1
    assert "billing_details" not in str(emptied[0].payload)
    event = webhooks.read_payload(emptied[0].payload)
    assert event.intent_id is not None
    assert event.metadata.keys() == {"payment_id"}


_NOTE = """
    INSERT INTO billing.webhook_events (id, provider, event_id, type, payload, received_at, processed_at, about)
    SELECT gen_random_uuid(), 'paypal', 'WH-' || kind, kind, jsonb_build_object('id', 'WH-' || kind, 'event_type', kind,
               'resource', jsonb_build_object('id', 'O-1', 'dispute_id', 'PP-1', 'payer', 'ada@example.com',
                   'disputed_transactions', transactions)), %(now)s, %(now)s, 'O-1'
      FROM (VALUES ('CHECKOUT.ORDER.APPROVED', 'null'::jsonb),
                   ('CUSTOMER.DISPUTE.CREATED', '[{"seller_transaction_id": "C-1", "buyer": {"name": "Ada"}}]'::jsonb)
           ) AS told(kind, transactions)
"""


def test_what_paypal_told_of_them_goes_as_well(brand: Brand, till: Till, bus: Bus) -> None:
    ada = Person.member(brand, "ada@example.com")
    buyer = Buyer.of(brand)
    buyer.add(for_sale(brand))
    buyer.check_out(email="ada@example.com")
    with begin(brand, "test") as work:
        work.run("UPDATE billing.payments SET gateway = 'paypal', gateway_id = 'O-1', status = 'cancelled'")
        work.run(_NOTE, now=work.now)
    assert erase_in(ada, handler, bus)["rows"] == 2
    kept = rows(brand, "SELECT payload FROM billing.webhook_events ORDER BY type")
    assert not any("da" in str(row.payload["resource"]) for row in kept)
    approved, disputed = (paypal_webhooks.read_payload(row.payload) for row in kept)
    assert (approved.about, disputed.about, disputed.dispute_id) == ("O-1", "C-1", "PP-1")
