"""Webhook events as staff see them, and having one looked into again."""

from typing import Any, NamedTuple
from uuid import UUID

from shared.billing.events import WebhookReceivedV1
from shared.billing.looking import look_of
from shared.kernel.refusals import NotFound, Refusal
from shared.platform.work import Work

_MATCHING = """
        (%(provider)s::text IS NULL OR provider = %(provider)s)
    AND (%(type)s::text IS NULL OR type = %(type)s)
    AND (%(processed)s::boolean IS NULL OR (processed_at IS NOT NULL) = %(processed)s)
"""
# Ids are UUIDv7: they sort as the webhooks arrived.
_PAGE = f"""
    SELECT id, provider, event_id, type, coalesce(payload #>> '{{data,object,id}}', payload #>> '{{resource,id}}',
           payload #>> '{{resource,dispute_id}}') AS object_id, received_at, processed_at
      FROM billing.webhook_events
     WHERE {_MATCHING} AND (%(before)s::uuid IS NULL OR id < %(before)s)
     ORDER BY id DESC LIMIT %(limit)s OFFSET %(offset)s
"""
_COUNT = f"SELECT count(*) FROM billing.webhook_events WHERE {_MATCHING}"
_REOPEN = """
    UPDATE billing.webhook_events SET processed_at = NULL WHERE id = %(id)s
    RETURNING provider, event_id, type, payload
"""


class WebhookEventNotFound(NotFound):
    """There is no such webhook event."""


class NothingToReplay(Refusal):
    """Webhooks of this type are kept and never acted upon."""


class Filter(NamedTuple):
    """Which events; None means any."""

    provider: str | None = None
    type: str | None = None
    processed: bool | None = None


def page(work: Work, wanted: Filter, limit: int, *, before: UUID | None, offset: int) -> list[Any]:
    """Up to `limit` events, the latest first: from `offset` on, or those that arrived `before` one."""
    return work.all(_PAGE, **wanted._asdict(), before=before, limit=limit, offset=offset)


def count(work: Work, wanted: Filter) -> int:
    """How many there are."""
    return int(work.value(_COUNT, **wanted._asdict()))


def replay(work: Work, webhook_event_id: UUID) -> None:
    """Have the event looked into again: at the provider's own state, so that doing it twice changes nothing.

    Raises WebhookEventNotFound, NothingToReplay.
    """
    row: Any = work.one(_REOPEN, id=webhook_event_id)
    if row is None:
        raise WebhookEventNotFound
    look = look_of(row.provider, row.payload)
    if look is None:
        raise NothingToReplay
    work.tell(
        WebhookReceivedV1(
            webhook_event_id=webhook_event_id,
            provider=row.provider,
            event_id=row.event_id,
            event_type=row.type,
        ),
        key=look.intent_id or look.capture_id,
    )
