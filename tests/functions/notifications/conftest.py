"""What the tests of notifications share: a provider, a mail in the outbox, and its event delivered as SQS would."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg.rows import namedtuple_row

from functions.notifications import on_mail_queued
from shared.migrations.provision import DatabaseUrls
from shared.notifications import mails, ses
from shared.platform import clock
from shared.platform.brands import Brand
from shared.platform.settings import forget
from shared.platform.work import begin
from tests.functions.notifications.ses_server import SesServer, ses_server
from tests.unit.notifications_samples import ORDER

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def provider(database: DatabaseUrls, monkeypatch: pytest.MonkeyPatch) -> Iterator[SesServer]:
    """SES on loopback, empty."""
    with ses_server() as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
        monkeypatch.setenv("AWS_REGION", "eu-west-1")
        monkeypatch.setenv("MAIL_FROM", "boutique@maison.example")
        forget()
        ses._warm_client.cache_clear()
        yield server
        ses._warm_client.cache_clear()


class Now:
    """The one clock, held still; `move` moves it."""

    def __init__(self) -> None:
        self.at = NOON

    def move(self, **by: float) -> None:
        self.at += timedelta(**by)


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> Now:
    held = Now()
    monkeypatch.setattr(clock, "now", lambda: held.at)
    return held


@pytest.fixture
def rows(database: DatabaseUrls) -> Iterator[Callable[..., list[Any]]]:
    """Read as the jobs' role, which sees every brand."""
    with psycopg.connect(database.jobs, autocommit=True, row_factory=namedtuple_row) as connection:
        yield lambda sql, *given: connection.execute(sql, given).fetchall()


def queue_one(
    brand: Brand, key: str = "order:1", to: str = "ada@demo.test", locale: str | None = "fr"
) -> UUID:
    """Queue the sample order's confirmation in a transaction of its own."""
    with begin(brand, "corr-1") as work:
        return mails.queue(work, ORDER, to=to, locale=locale, key=key)


def told(rows: Callable[..., list[Any]]) -> list[Any]:
    """The `mail.queued` events in the outbox, oldest first."""
    return rows("SELECT * FROM platform.outbox_events WHERE type = 'mail.queued' ORDER BY position")


def deliver(*events: Any) -> list[str]:
    """Deliver outbox rows to the sender as one SQS batch; answers the ids of the messages that it gives back."""
    records = []
    for at, event in enumerate(events):
        detail = {
            "id": str(event.id),
            "type": event.type,
            "version": event.version,
            "brand_id": str(event.brand_id),
            "occurred_at": event.occurred_at.isoformat(),
            "correlation_id": event.correlation_id,
            "key": event.key,
            "position": event.position,
            "data": event.data,
        }
        records.append(
            {
                "messageId": f"message-{at}",
                "receiptHandle": "receipt",
                "body": json.dumps({"source": "comptoir", "detail-type": event.type, "detail": detail}),
                "attributes": {"ApproximateReceiveCount": "1"},
                "eventSource": "aws:sqs",
                "eventSourceARN": "arn:aws:sqs:eu-west-1:000000000000:local-notifications-on-mail-queued",
            }
        )
    answer = on_mail_queued.handler({"Records": records}, None)
    return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]
