"""POST /v1/admin/dead-letters/{queue}/redrive — send the brand's dead letters back to the queue they came from."""

from uuid import UUID

from shared.identity.callers import Staff
from shared.identity.permissions import may
from shared.platform import dead_letters
from shared.platform.aws import AwsError
from shared.platform.dead_letters import QueueNotFound, QueuesSilent
from shared.platform.doors import Steps, endpoint
from shared.platform.logs import log
from shared.platform.models import Outcome, Pending, Response
from shared.platform.work import Work

# Within the gateway's 29 s.
_SECONDS = 20.0
_MOST = 1000


class Redriven(Response):
    """`redriven` messages wait for their consumer again; `left` are another brand's, or nobody's, and stay."""

    queue: str
    redriven: int
    left: int


class Asked(Pending):
    queue: str
    brand_id: UUID | None


class Moved(Outcome):
    redriven: int
    left: int


def ask(queue: str, caller: Staff, work: Work) -> Asked:
    own_only = not may(caller.role, "deployment:operate")
    return Asked(queue=queue, brand_id=work.brand.id if own_only else None)


def move(asked: Asked) -> Moved:
    try:
        redriven, left = dead_letters.redrive(asked.queue, asked.brand_id, _MOST, _SECONDS)
    except (AwsError, OSError) as error:
        log.warning("dead letters not moved", extra={"reason": str(error)})
        raise QueuesSilent from error
    return Moved(redriven=redriven, left=left)


def answer(asked: Asked, moved: Moved, work: Work) -> Redriven:
    return Redriven(queue=asked.queue, redriven=moved.redriven, left=moved.left)


handler = endpoint(
    "POST",
    "/v1/admin/dead-letters/{queue}/redrive",
    Steps(ask, move, answer),
    needs="dead_letters:redrive",
    refuses=[QueueNotFound, QueuesSilent],
)
