"""The door of a wake-up queue: the messages say only "look now", so any batch means one look, and none is ever a failure."""

from collections.abc import Callable
from typing import Any

from shared.platform import metrics
from shared.platform.doors.consumer import ConsumerSpec
from shared.platform.doors.origin import origin
from shared.platform.logs import about, log
from shared.platform.steps import step

_STOP_BEFORE_MS = 5_000


class Wake:
    """A Lambda handler for an SQS event source whose messages carry nothing."""

    def __init__(self, spec: ConsumerSpec, story: Callable[[], bool]) -> None:
        self.spec, self.story = spec, story
        self._function = f"{spec.context}/{spec.name}"

    def __call__(self, event: dict[str, Any], context: Any = None) -> dict[str, Any]:
        about(self._function, "wake", str(getattr(context, "aws_request_id", "")))
        try:
            while self.story() and (
                context is None or context.get_remaining_time_in_millis() > _STOP_BEFORE_MS
            ):
                continue
        except Exception:
            # The schedule looks within a minute, sooner than this message would come back; among the dead letters it would be
            # nobody's, and tell nobody anything.
            log.exception("woken in vain")
        step("before_delete", self._function)
        metrics.flush(self._function)
        return {"batchItemFailures": []}


def wake(story: Callable[[], bool]) -> Wake:
    """The handler that repeats `story()` as long as it answers that there may be more."""
    here = origin()
    return Wake(ConsumerSpec(here.name, here.context, here.summary, (), ordered=False), story)
