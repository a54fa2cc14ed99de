"""Webhook events: rows and queries. What a provider told is kept as it arrived, once."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from shared.kernel.ids import new_id
from shared.platform.work import Work


def add(
    work: Work,
    provider: str,
    event_id: str,
    event_type: str,
    payload: Mapping[str, Any],
    about: str | None = None,
) -> UUID | None:
    """Store a webhook once, for this brand; its id, or None when it was stored before. `about`: the payment, or its money, by the
    provider's name."""
    stored: UUID | None = work.value(
        """INSERT INTO billing.webhook_events (id, provider, event_id, type, payload, received_at, about)
           VALUES (%(id)s, %(provider)s, %(event_id)s, %(type)s, %(payload)s, %(now)s, %(about)s)
           ON CONFLICT (provider, event_id) DO NOTHING RETURNING id""",
        id=new_id(work.now),
        provider=provider,
        event_id=event_id,
        type=event_type,
        payload=json.dumps(payload),
        now=work.now,
        about=about,
    )
    return stored


@dataclass(frozen=True, slots=True)
class WebhookEvent:
    """A stored webhook. `processed_at` is None until its effect is recorded."""

    id: UUID
    provider: str
    event_id: str
    type: str
    payload: dict[str, Any]
    received_at: datetime
    processed_at: datetime | None


def find(work: Work, webhook_event_id: UUID) -> WebhookEvent | None:
    """The stored webhook, or None."""
    row = work.one(
        """SELECT id, provider, event_id, type, payload, received_at, processed_at
              FROM billing.webhook_events WHERE id = %(id)s""",
        id=webhook_event_id,
    )
    return None if row is None else WebhookEvent(*row)


def mark_processed(work: Work, webhook_event_id: UUID) -> None:
    """Record that the webhook's effect (or that it has none) is in the database."""
    work.soon(
        "UPDATE billing.webhook_events SET processed_at = coalesce(processed_at, %(now)s) WHERE id = %(id)s",
        id=webhook_event_id,
        now=work.now,
    )
