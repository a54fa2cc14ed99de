"""What staff see of the platform's health: what waits in the outbox and the queues, and how the jobs last ran."""

from typing import Any

from shared.platform import aws
from shared.platform.dead_letters import DEAD, UNDELIVERED
from shared.platform.models import Response
from shared.platform.settings import settings
from shared.platform.work import Work

# What EventBridge could not deliver lies in a queue of the context's own, which nobody reads either.
_UNREAD = (DEAD, UNDELIVERED)
_LIST_AT_MOST = 1000
_VISIBLE, _IN_FLIGHT = "ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"

# Each of the two finds its few rows by an index of its own.
_OUTBOX = """
    SELECT w.pending, w.oldest, d.dead
      FROM (SELECT count(*) AS pending, min(occurred_at) AS oldest
              FROM platform.outbox_events WHERE status = 'pending') AS w,
           (SELECT count(*) AS dead FROM platform.outbox_events WHERE status = 'dead') AS d
"""
_JOBS = """
    SELECT job, started_at, finished_at, succeeded_at, processed, failed, finished, error
      FROM platform.job_runs ORDER BY job
"""


class QueueDepth(Response):
    """Messages of one queue: waiting, being worked on, given up."""

    visible: int = 0
    in_flight: int = 0
    dlq: int = 0


def outbox(work: Work) -> Any:
    """A row `pending`, `dead`, `oldest` (when the first of the pending was told, or None), of the brand's own events."""
    return work.one(_OUTBOX)


def job_runs(work: Work) -> list[Any]:
    """The last run of each job."""
    return work.all(_JOBS)


def queue_depths() -> dict[str, QueueDepth]:
    """The depth of every queue of this stage, by its name without the stage. Raises AwsError, OSError."""
    prefix = f"{settings().stage}-"
    listed = aws.call("sqs", "ListQueues", {"QueueNamePrefix": prefix, "MaxResults": _LIST_AT_MOST})
    depths: dict[str, QueueDepth] = {}
    for url in listed.get("QueueUrls", ()):
        name = str(url).rpartition("/")[2].removeprefix(prefix)
        asked = {"QueueUrl": url, "AttributeNames": [_VISIBLE, _IN_FLIGHT]}
        found = aws.call("sqs", "GetQueueAttributes", asked)["Attributes"]
        depth = depths.setdefault(name.removesuffix(DEAD), QueueDepth())
        if name.endswith(_UNREAD):
            depth.dlq = int(found[_VISIBLE])
        else:
            depth.visible, depth.in_flight = int(found[_VISIBLE]), int(found[_IN_FLIGHT])
    return dict(sorted(depths.items()))
