"""What the door of an endpoint knows of it."""

from dataclasses import dataclass

from pydantic import BaseModel

from shared.kernel.refusals import Refusal
from shared.platform.doors.answers import Public
from shared.platform.doors.signature import Signature
from shared.platform.idempotency import Demand
from shared.platform.limits import LimitClass


@dataclass(frozen=True, slots=True)
class EndpointSpec:
    """What the door knows, from which documents, routes and tests are generated."""

    name: str
    context: str
    method: str
    path: str
    summary: str
    signature: Signature
    needs: str | None
    refuses: tuple[type[Refusal], ...]
    status: int
    answers: type[BaseModel] | None
    idempotency: Demand
    limit: LimitClass
    cache: Public | None
    who: str
    audited: bool
    guesses: str | None = None
    only_reads: bool = False
