"""The door of uploads: S3 tells EventBridge that a file has arrived, a rule puts that into a queue, and the story is told once.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from shared.platform.doors.consumer import Consumer, ConsumerSpec
from shared.platform.doors.origin import origin
from shared.platform.doors.steps import Steps
from shared.platform.events import Envelope
from shared.platform.uploads import Uploaded

_TYPE = "upload.arrived"


class Upload(Consumer):
    """A Lambda handler for an SQS event source that S3's own events fill: those of uploads of one `kind` (see uploads.key_of)."""

    def __init__(self, spec: ConsumerSpec, story: Callable[..., Any] | Steps, kind: str) -> None:
        super().__init__(spec, story)
        self.kind = kind

    def _read(self, record: Any) -> Envelope[Any]:
        told = record.json_body
        fact = Uploaded.read(told["detail"]["object"])
        # The event's own id: S3 may tell the same twice, and EventBridge may deliver it twice.
        return Envelope.model_construct(
            id=UUID(told["id"]),
            type=_TYPE,
            version=1,
            brand_id=fact.brand_id,
            occurred_at=datetime.fromisoformat(told["time"]),
            correlation_id=told["id"],
            key=None,
            position=0,
            data=fact,
        )


def upload(story: Callable[..., Any] | Steps, *, kind: str) -> Upload:
    """The handler of files that arrive by a form of this `kind`: `story(fact: Uploaded, work)`, or Steps, as for `consumer`."""
    here = origin()
    return Upload(ConsumerSpec(here.name, here.context, here.summary, (), ordered=False), story, kind)
