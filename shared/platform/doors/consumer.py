"""The door of a queue's consumer: EventBridge envelopes from SQS, each applied once, a bad one delaying no other."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from shared.platform import aws, clock, inbox, metrics, outbox, timers
from shared.platform.brands import brand_by_id
from shared.platform.doors.origin import origin
from shared.platform.doors.steps import Steps
from shared.platform.events import Envelope, Event, read_envelope
from shared.platform.logs import about, log
from shared.platform.settings import settings
from shared.platform.steps import step
from shared.platform.work import Work, begin

# A failed message comes back after 2 s, 20 s, 200 s and 2,000 s rather than after the whole visibility timeout: soon after a
# hiccup, and with its five receives (spec 01) still outlasting half an hour without the database or a provider.
_RETRY_BASE_SECONDS = 2
_RETRY_FACTOR = 10
# How many earlier events of its key an ordered consumer reads at once, and at most for one message.
_CATCH_UP = 20
_MOST_CAUGHT_UP = 200


class WaitsForEarlier(Exception):
    """An earlier event of the same key has not been applied yet, and could not be now."""


class UnknownEvent(Exception):
    """The message is no event that this consumer listens to."""


@dataclass(frozen=True, slots=True)
class ConsumerSpec:
    """What the door knows, from which rules, schemas and samples are generated and checked."""

    name: str
    context: str
    summary: str
    listens: tuple[type[Event], ...]
    ordered: bool


class Consumer:
    """A Lambda handler for an SQS event source with partial batch responses."""

    def __init__(self, spec: ConsumerSpec, story: Callable[..., Any] | Steps) -> None:
        self.spec, self.story = spec, story
        self._function = f"{spec.context}/{spec.name}"
        self._kinds = {(kind.type, kind.version): kind for kind in spec.listens}

    def __call__(self, event: dict[str, Any], context: Any = None) -> dict[str, Any]:
        from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response

        processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
        answer = process_partial_response(
            event=event, record_handler=self._receive, processor=processor, context=context
        )
        step("before_delete", self._function)
        metrics.flush(self._function)
        return dict(answer)

    def _receive(self, record: Any) -> None:
        envelope: Envelope[Any] | None = None
        try:
            envelope = self._read(record)
            about(self._function, envelope.correlation_id, record.message_id, str(envelope.brand_id))
            self._apply_in_order(envelope)
        except Exception as error:
            log.exception("event not applied", extra={"message_id": record.message_id})
            if envelope is not None:
                self._note_failure(envelope, error)
            _retry_soon(record)
            raise

    def _read(self, record: Any) -> Envelope[Any]:
        return self._envelope(record.json_body["detail"])

    def _envelope(self, detail: Any) -> Envelope[Any]:
        kind = self._kinds.get((detail["type"], detail["version"]))
        if kind is None:
            raise UnknownEvent(f"{detail['type']} v{detail['version']}")
        return read_envelope(kind, detail)

    def _apply(self, envelope: Envelope[Any]) -> None:
        timers.arm()
        brand = brand_by_id(envelope.brand_id)
        if isinstance(self.story, Steps):
            with begin(brand, envelope.correlation_id) as work:
                if inbox.was_applied(work, self._function, envelope.id):
                    return
                self._in_order(work, envelope)
                step("before_story", self._function)
                pending = self.story.record(envelope.data, work)
                if pending is None:
                    inbox.take(work, self._function, envelope.id)
                step("before_commit", self._function)
            if work.wakes_relay:
                outbox.wake_relay()
            if pending is None:
                return
            step("before_reach", self._function)
            outcome = self.story.reach(pending)
            step("after_reach", self._function)
            with begin(brand, envelope.correlation_id) as work:
                if not inbox.take(work, self._function, envelope.id):
                    return
                step("before_settle", self._function)
                self.story.settle(pending, outcome, work)
                step("before_commit", self._function)
        else:
            with begin(brand, envelope.correlation_id) as work:
                if not inbox.take(work, self._function, envelope.id):
                    return
                self._in_order(work, envelope)
                step("before_story", self._function)
                self.story(envelope.data, work)
                step("before_commit", self._function)
        self._after_commit(work)

    def _apply_in_order(self, envelope: Envelope[Any]) -> None:
        try:
            self._apply(envelope)
        except WaitsForEarlier:
            # What comes before lies in the outbox, whenever its own message arrives. Waiting for that one would use up this
            # one's receives, and bring an event to the dead letters that nothing is wrong with.
            for _ in range(_MOST_CAUGHT_UP // _CATCH_UP):
                if not self._catch_up(envelope):
                    break
            self._apply(envelope)

    def _catch_up(self, envelope: Envelope[Any]) -> bool:
        """Apply some of the events before this one; whether there were any."""
        with begin(brand_by_id(envelope.brand_id), envelope.correlation_id) as work:
            found = self._earlier(work, envelope, _CATCH_UP)
        for detail in found:
            before = self._envelope(detail)
            try:
                self._apply(before)
            except Exception as error:
                raise WaitsForEarlier(
                    f"{before.type} {before.id}: {type(error).__name__}: {error}"
                ) from error
        return bool(found)

    def _earlier(self, work: Work, envelope: Envelope[Any], limit: int) -> list[dict[str, Any]]:
        if not self.spec.ordered or envelope.key is None:
            return []
        return inbox.earlier(work, self._function, self._kinds, envelope.key, envelope.position, limit)

    def _in_order(self, work: Work, envelope: Envelope[Any]) -> None:
        if first := self._earlier(work, envelope, 1):
            raise WaitsForEarlier(f"{first[0]['type']} {first[0]['id']}")

    def _after_commit(self, work: Any) -> None:
        step("after_commit", self._function)
        if work.wakes_relay:
            outbox.wake_relay()

    def _note_failure(self, envelope: Envelope[Any], error: Exception) -> None:
        """Keep the reason beside the message, for whoever finds it in the dead-letter queue."""
        try:
            with begin(brand_by_id(envelope.brand_id), envelope.correlation_id) as work:
                work.run(
                    _NOTE,
                    consumer=self._function,
                    event_id=envelope.id,
                    type=envelope.type,
                    reason=f"{type(error).__name__}: {error}"[:1000],
                    now=clock.now(),
                )
        except Exception:
            log.exception("reason not kept")


_NOTE = """
    INSERT INTO platform.delivery_failures AS f (consumer, event_id, type, reason, first_failed_at, last_failed_at)
    VALUES (%(consumer)s, %(event_id)s, %(type)s, %(reason)s, %(now)s, %(now)s)
    ON CONFLICT (event_id, consumer) DO UPDATE
       SET reason = excluded.reason, attempts = f.attempts + 1, last_failed_at = excluded.last_failed_at
"""


def _retry_soon(record: Any) -> None:
    received = int(record.attributes.approximate_receive_count or 1)
    delay = _RETRY_BASE_SECONDS * _RETRY_FACTOR ** min(received - 1, 3)
    region, account, name = str(record.event_source_arn).split(":")[3:6]
    endpoint = settings().aws_endpoint_url or f"https://sqs.{region}.amazonaws.com"
    try:
        aws.call(
            "sqs",
            "ChangeMessageVisibility",
            {
                "QueueUrl": f"{endpoint}/{account}/{name}",
                "ReceiptHandle": record.receipt_handle,
                "VisibilityTimeout": delay,
            },
            timeout=1.0,
        )
    except (aws.AwsError, OSError) as error:
        log.warning("visibility unchanged", extra={"host": urlsplit(endpoint).netloc, "reason": str(error)})


def consumer(
    story: Callable[..., Any] | Steps, *, listens: type[Event] | Sequence[type[Event]], ordered: bool = False
) -> Consumer:
    """The handler that applies each event of `listens` once. `story(fact, work)`; with Steps, `record(fact, work)` may answer
    None for "nothing to do, ever"; while another delivery of the same event is at its provider it must raise instead, since None
    writes the inbox row and the other's outcome would find it taken. `ordered`: events of one key are applied in the order they were told, other keys unhindered; what comes too early
    has those before it applied first, read from the outbox.
    """
    kinds = (listens,) if isinstance(listens, type) else tuple(listens)
    here = origin()
    spec = ConsumerSpec(here.name, here.context, here.summary, kinds, ordered)
    return Consumer(spec, story)
