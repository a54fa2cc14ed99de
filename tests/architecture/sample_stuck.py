"""What got stuck in the samples' world, for operators to see to: an event, a webhook, an alert."""

import json

from functions._generate.demo import OVERRIDES
from functions._generate.schemas import envelope_of
from shared.billing import webhook_store
from shared.orders.events import OrderPaidV1
from shared.platform import alerts
from shared.platform.alerts import Finding
from shared.platform.brands import Brand
from shared.platform.work import Work, begin


def make_stuck(brand: Brand) -> dict[str, str]:
    """Make one of each; the ids that they have, each with the one that its sample names."""
    with begin(brand, "sample") as work:
        return {
            _event(work): OVERRIDES["replay_outbox_event"]["id"],
            _webhook(work): OVERRIDES["replay_webhook_event"]["id"],
            _alert(work): OVERRIDES["acknowledge_alert"]["id"],
        }


def _event(work: Work) -> str:
    work.tell(OrderPaidV1.model_validate_json(json.dumps(envelope_of(OrderPaidV1)["data"])))
    return str(work.told[-1].id)


def _webhook(work: Work) -> str:
    event, kind = "evt_stuck", "payment_intent.succeeded"
    payload = {"id": event, "type": kind, "data": {"object": {"id": "pi_stuck"}}}
    return str(webhook_store.add(work, "stripe", event, kind, payload))


def _alert(work: Work) -> str:
    finding = Finding(None, "job.failed", "relay_outbox", "warning", "The job relay_outbox broke off.", {})
    alerts.raise_alert(work, finding)
    return str(work.value("SELECT id FROM platform.alerts"))
