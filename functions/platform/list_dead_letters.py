"""GET /v1/admin/dead-letters — the queues with messages that nobody could apply, the brand's own messages, and why."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, StringConstraints

from shared.identity.callers import Staff
from shared.identity.permissions import may
from shared.platform import dead_letters
from shared.platform.audit_changes import redacted
from shared.platform.aws import AwsError
from shared.platform.dead_letters import DeadLetter, QueueNotFound, QueuesSilent, reasons
from shared.platform.doors import Steps, endpoint
from shared.platform.logs import log
from shared.platform.models import Outcome, Pending, Query, Response
from shared.platform.work import Work


class DeadLetterQuery(Query):
    """Messages of one `queue`, or the first of every queue that has any."""

    queue: Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,64}$")] | None = None
    limit: int = Field(20, ge=1, le=100)


class DeadQueue(Response):
    """`messages`: of all brands, those that are being looked at left out."""

    queue: str
    messages: int


class DeadMessage(Response):
    """`reason` and `failed_at`: how the consumer failed the last time; a consumer that was killed each time left none.
    Everything of the event is null in a message that is no event."""

    queue: str
    message_id: str
    receives: int
    sent_at: datetime
    reason: str | None
    failed_at: datetime | None
    event_id: UUID | None
    type: str | None
    version: int | None
    key: str | None
    occurred_at: datetime | None
    correlation_id: str | None
    data: dict[str, Any] | None


class DeadLetters(Response):
    """`hidden`: messages that were looked at and are another brand's."""

    queues: list[DeadQueue]
    data: list[DeadMessage]
    hidden: int


class Asked(Pending):
    queue: str | None
    limit: int
    brand_id: UUID
    sees_all: bool


class Found(Outcome):
    depths: dict[str, int]
    letters: list[DeadLetter]


def ask(query: DeadLetterQuery, caller: Staff, work: Work) -> Asked:
    sees_all = may(caller.role, "deployment:operate")
    return Asked(queue=query.queue, limit=query.limit, brand_id=work.brand.id, sees_all=sees_all)


def look(asked: Asked) -> Found:
    try:
        depths = dead_letters.depths()
        letters: list[DeadLetter] = []
        for queue in [asked.queue] if asked.queue else depths:
            room = min(asked.limit - len(letters), depths.get(queue, asked.limit))
            letters += dead_letters.read(queue, room)
    except (AwsError, OSError) as error:
        log.warning("queues unseen", extra={"reason": str(error)})
        raise QueuesSilent from error
    return Found(depths=depths, letters=letters)


def answer(asked: Asked, found: Found, work: Work) -> DeadLetters:
    shown = [
        letter
        for letter in found.letters
        if asked.sees_all or (letter.event and letter.event.brand_id == asked.brand_id)
    ]
    known = reasons(work, [letter.event.id for letter in shown if letter.event])
    return DeadLetters(
        queues=[DeadQueue(queue=queue, messages=messages) for queue, messages in found.depths.items()],
        data=[_message(letter, known) for letter in shown],
        hidden=len(found.letters) - len(shown),
    )


def _message(letter: DeadLetter, known: dict[tuple[str | None, UUID], Any]) -> DeadMessage:
    event = letter.event
    failure = known.get((letter.consumer, event.id)) if event else None
    return DeadMessage(
        queue=letter.queue,
        message_id=letter.message_id,
        receives=letter.receives,
        sent_at=letter.sent_at,
        reason=failure.reason if failure else letter.error,
        failed_at=failure.last_failed_at if failure else None,
        event_id=event.id if event else None,
        type=event.type if event else None,
        version=event.version if event else None,
        key=event.key if event else None,
        occurred_at=event.occurred_at if event else None,
        correlation_id=event.correlation_id if event else None,
        data=redacted(event.data) if event else None,
    )


handler = endpoint(
    "GET",
    "/v1/admin/dead-letters",
    Steps(ask, look, answer),
    needs="dead_letters:read",
    refuses=[QueueNotFound, QueuesSilent],
)
