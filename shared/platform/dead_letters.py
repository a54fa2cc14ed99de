"""Dead letters: messages nobody could apply, in the queues behind the queues. Seen by brand, and sent back to where they came from.

A consumer's own lie in `<queue>-dead`; what EventBridge could not put into a queue lies in `<context>-undelivered`. Queues are the
deployment's, messages are a brand's: who may not see all of them is shown his own, and sends back his own alone.
"""

import json
import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict

from shared.kernel.refusals import NotFound, Refusal
from shared.platform import aws
from shared.platform.events import SOURCE
from shared.platform.settings import settings
from shared.platform.work import Work

DEAD, UNDELIVERED = "-dead", "-undelivered"
_A_CALL = 10
# How long a message that is being looked at is hidden from others who look, should nobody live to show it again.
_LOOKING_SECONDS = 15
_MOVING_SECONDS = 60
# A poll that does not wait may miss what another of SQS's servers has.
_WAIT_SECONDS = 1
_PATIENCE_SECONDS = 10.0
_NAME = re.compile(r"[a-z0-9-]{1,68}\Z")
_MISSING = ("QueueDoesNotExist", "NonExistentQueue")
_VISIBLE = "ApproximateNumberOfMessages"


_REASONS = """
    SELECT consumer, event_id, reason, last_failed_at FROM platform.delivery_failures WHERE event_id = ANY (%(events)s)
"""


class QueuesSilent(Refusal):
    """The queues do not answer; try again in a moment."""

    status = 503


class QueueNotFound(NotFound):
    """There is no such queue with dead letters."""


class DeadEvent(BaseModel):
    """What a dead letter carries: our envelope."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    id: UUID
    type: str
    version: int
    brand_id: UUID
    occurred_at: AwareDatetime
    correlation_id: str
    key: str | None = None
    data: dict[str, Any]


class DeadLetter(BaseModel):
    """A message. `event` is None when it is none of ours; `error` is EventBridge's own reason, for what it could not deliver."""

    model_config = ConfigDict(frozen=True)
    queue: str
    message_id: str
    receives: int
    sent_at: datetime
    event: DeadEvent | None
    error: str | None

    @property
    def consumer(self) -> str | None:
        """Whose it was, as the inbox calls it: `orders-on-order-paid` → `orders/on_order_paid`."""
        context, _, name = self.queue.partition("-")
        return f"{context}/{name.replace('-', '_')}" if not self.queue.endswith(UNDELIVERED) else None


def read(queue: str, most: int) -> list[DeadLetter]:
    """Up to `most` of its messages, which stay. Raises QueueNotFound, AwsError, OSError."""
    url = _url(_dead_name(queue))
    found: list[DeadLetter] = []
    handles: list[str] = []
    try:
        for messages in _received(url, most, _LOOKING_SECONDS, time.monotonic() + _LOOKING_SECONDS):
            handles += [message["ReceiptHandle"] for message in messages]
            found += [_letter(queue, message) for message in messages]
    finally:
        _show_again(url, handles)
    return found


def redrive(queue: str, brand_id: UUID | None, most: int, seconds: float) -> tuple[int, int]:
    """Send up to `most` messages back to their queue, those of one brand or (None) all, for at most so many seconds.

    Answers how many were sent and how many are others' and stay. A message is deleted after it was sent, so one that is sent twice
    is possible and one that is lost is not; consumers apply each once. Raises as `read`.
    """
    source = _url(_dead_name(queue))
    sent, others = 0, list[str]()
    try:
        for messages in _received(source, most, _MOVING_SECONDS, time.monotonic() + seconds):
            for message in messages:
                letter, handle = _letter(queue, message), message["ReceiptHandle"]
                target = _target(queue, message)
                own = brand_id is None or (letter.event is not None and letter.event.brand_id == brand_id)
                if not own or target is None:
                    others.append(handle)
                    continue
                aws.call("sqs", "SendMessage", {"QueueUrl": _url(target), "MessageBody": message["Body"]})
                aws.call("sqs", "DeleteMessage", {"QueueUrl": source, "ReceiptHandle": handle})
                sent += 1
    finally:
        _show_again(source, others)
    return sent, len(others)


def depths() -> dict[str, int]:
    """How many dead letters each queue has, for those that have any. Raises AwsError, OSError."""
    return {queue: depth for queue, depth in sorted(_depths()) if depth}


def reasons(work: Work, event_ids: list[UUID]) -> dict[tuple[str | None, UUID], Any]:
    """How consumers last failed to apply these events, by consumer and event: `reason`, `last_failed_at`."""
    return {(row.consumer, row.event_id): row for row in work.all(_REASONS, events=event_ids)}


def _depths() -> Iterator[tuple[str, int]]:
    prefix = f"{settings().stage}-"
    listed = aws.call("sqs", "ListQueues", {"QueueNamePrefix": prefix, "MaxResults": 1000})
    for url in listed.get("QueueUrls", ()):
        name = str(url).rpartition("/")[2].removeprefix(prefix)
        if name.endswith((DEAD, UNDELIVERED)):
            asked = {"QueueUrl": url, "AttributeNames": [_VISIBLE]}
            attributes = aws.call("sqs", "GetQueueAttributes", asked)["Attributes"]
            yield name.removesuffix(DEAD), int(attributes[_VISIBLE])


def _received(url: str, most: int, hidden: int, until: float) -> Iterator[list[dict[str, Any]]]:
    """Messages in calls of at most ten, each once, until there are no more."""
    left = most
    while left > 0 and time.monotonic() < until:
        asked = {
            "QueueUrl": url,
            "MaxNumberOfMessages": min(_A_CALL, left),
            "VisibilityTimeout": hidden,
            "WaitTimeSeconds": _WAIT_SECONDS,
            "AttributeNames": ["All"],
            "MessageAttributeNames": ["All"],
        }
        messages = aws.call("sqs", "ReceiveMessage", asked, timeout=_PATIENCE_SECONDS).get("Messages") or []
        if not messages:
            return
        left -= len(messages)
        yield messages


def _show_again(url: str, handles: list[str]) -> None:
    for start in range(0, len(handles), _A_CALL):
        entries = [
            {"Id": str(number), "ReceiptHandle": handle, "VisibilityTimeout": 0}
            for number, handle in enumerate(handles[start : start + _A_CALL])
        ]
        aws.call("sqs", "ChangeMessageVisibilityBatch", {"QueueUrl": url, "Entries": entries})


def _letter(queue: str, message: dict[str, Any]) -> DeadLetter:
    attributes = message.get("Attributes") or {}
    told = message.get("MessageAttributes") or {}
    errors = [told[name]["StringValue"] for name in ("ERROR_CODE", "ERROR_MESSAGE") if name in told]
    return DeadLetter(
        queue=queue,
        message_id=message["MessageId"],
        receives=int(attributes.get("ApproximateReceiveCount", 0)),
        sent_at=datetime.fromtimestamp(int(attributes.get("SentTimestamp", 0)) / 1000, UTC),
        event=_event(message["Body"]),
        error=": ".join(errors) or None,
    )


def _event(body: str) -> DeadEvent | None:
    try:
        envelope = json.loads(body)
        if envelope.get("source", SOURCE) != SOURCE:
            return None
        return DeadEvent.model_validate(envelope["detail"])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _target(queue: str, message: dict[str, Any]) -> str | None:
    """The queue it came from, or that it never reached; None when that is not one of ours."""
    if not queue.endswith(UNDELIVERED):
        return queue
    arn = ((message.get("MessageAttributes") or {}).get("TARGET_ARN") or {}).get("StringValue", "")
    prefix, name = f"{settings().stage}-", str(arn).rpartition(":")[2]
    return name.removeprefix(prefix) if name.startswith(prefix) else None


def _dead_name(queue: str) -> str:
    return queue if queue.endswith(UNDELIVERED) else queue + DEAD


def _url(name: str) -> str:
    if not _NAME.match(name):
        raise QueueNotFound
    try:
        found = aws.call("sqs", "GetQueueUrl", {"QueueName": f"{settings().stage}-{name}"})
    except aws.AwsError as error:
        if error.code.endswith(_MISSING):
            raise QueueNotFound from error
        raise
    if not found.get("QueueUrl"):
        raise QueueNotFound
    return str(found["QueueUrl"])
