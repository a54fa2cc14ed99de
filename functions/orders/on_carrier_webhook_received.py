"""carrier.webhook_received — take in what a carrier told of our parcels, and bring their orders as far."""

from shared.orders import carrier_store
from shared.orders.events import CarrierWebhookReceivedV1
from shared.orders.following import take_news
from shared.platform.doors import consumer
from shared.platform.work import Work


def on_carrier_webhook_received(fact: CarrierWebhookReceivedV1, work: Work) -> None:
    for news in carrier_store.kept_news(work, fact.webhook_id):
        take_news(work, fact.carrier, news)
    carrier_store.mark_processed(work, fact.webhook_id)


handler = consumer(on_carrier_webhook_received, listens=CarrierWebhookReceivedV1)
