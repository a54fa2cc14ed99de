"""Disputes: a webhook makes us look at Stripe's own one, which is told at each new state."""

from typing import Any

import pytest

from shared.billing import refunds
from shared.billing.disputes import Dispute, disputes_of
from shared.billing.outcomes import Failed
from shared.billing.payments import StartedPayment
from shared.platform.brands import Brand
from shared.platform.work import begin
from tests.functions.billing.conftest import TOTAL, Shop, deliver
from tests.functions.billing.test_refunds import recorded
from tests.local_stripe import Hook

OPENED = "charge.dispute.created"
PAID = "payment_intent.succeeded"


def disputed(shop: Shop, card: str) -> tuple[StartedPayment, Hook]:
    """A captured payment that is disputed, and the webhook that says so."""
    started, intent_id = shop.checked_out()
    shop.confirm(intent_id, card)
    hooks = {hook.event["type"]: hook for hook in shop.hooks(PAID, OPENED)}
    shop.receive(hooks[PAID])
    return started, hooks[OPENED]


def of(shop: Shop, order_id: Any) -> list[Dispute]:
    with begin(shop.brand, "test") as work:
        return disputes_of(work, order_id)


def test_it_belongs_to_the_brand_of_its_payment_though_nothing_of_ours_is_written_on_it(
    shop: Shop, another_brand: Brand
) -> None:
    started, opened = disputed(shop, "pm_card_createDispute")
    assert opened.event["data"]["object"]["metadata"] == {}
    shop.receive(opened, opened)
    [dispute] = of(shop, started.order_id)
    assert (dispute.status, dispute.reason, dispute.amount) == ("needs_response", "fraudulent", TOTAL.amount)
    assert dispute.evidence_due_at is not None
    assert len(shop.told("payment.disputed")) == 1
    # The bank holds its money: none of it can be given back twice.
    outcome = refunds.reach(recorded(shop, started))
    assert isinstance(outcome, Failed)
    assert outcome.code == "charge_disputed"


@pytest.mark.parametrize(("evidence", "ends"), [("winning_evidence", "won"), ("losing_evidence", "lost")])
def test_its_end_is_told_whatever_order_its_webhooks_come_in(shop: Shop, evidence: str, ends: str) -> None:
    started, opened = disputed(shop, "pm_card_createDisputeProductNotReceived")
    [found] = shop.account.client.v1.disputes.list({"limit": 1}).data
    shop.account.client.v1.disputes.update(found.id, {"evidence": {"uncategorized_text": evidence}})
    shop.receive(*shop.hooks("charge.dispute.closed"), opened)
    [dispute] = of(shop, started.order_id)
    assert (dispute.status, dispute.closed_at is not None) == (ends, True)
    assert [(told["status"], told["closed"]) for told in shop.told("payment.disputed")] == [(ends, True)]


def test_a_silent_stripe_is_asked_again(shop: Shop) -> None:
    started, opened = disputed(shop, "pm_card_createDisputeInquiry")
    deliver(opened)
    told = shop.bus.relay()
    shop.account.control(requests={"mode": "error", "match": "GET /v1/disputes"})
    assert len(shop.consume(told)) == 1
    assert shop.consume(told) == []
    assert [dispute.status for dispute in of(shop, started.order_id)] == ["warning_needs_response"]


def test_a_dispute_about_nothing_of_ours_is_kept_and_changes_nothing(
    shop: Shop, another_brand: Brand
) -> None:
    intent = shop.account.intent()
    shop.confirm(intent.id, "pm_card_createDispute")
    shop.receive(*shop.hooks(OPENED))
    assert shop.rows("billing.disputes") == 0
