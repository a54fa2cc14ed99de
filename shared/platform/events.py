"""Events: past-tense facts, versioned in the class name (`OrderPaidV1`), told through the outbox in the teller's transaction."""

import json
import re
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict

SOURCE = "comptoir"


class Event(BaseModel):
    """A fact's data. `OrderPaidV1` has the type `order.paid` and the version 1 unless it says otherwise.

    One that is not `urgent` wakes no relay: it leaves with the next wake or with the relay's schedule, within about a minute.
    """

    model_config = ConfigDict(extra="ignore", frozen=True, defer_build=True)
    type: ClassVar[str]
    version: ClassVar[int]
    urgent: ClassVar[bool] = True

    @classmethod
    def __pydantic_init_subclass__(cls, **_: Any) -> None:
        words = re.findall(r"[A-Z][a-z0-9]*", cls.__name__)
        number = words.pop() if re.fullmatch(r"V\d+", words[-1]) else "V1"
        cls.version = int(number[1:])
        if "type" not in cls.__dict__:
            subject, verb = words[:-1], words[-1]
            cls.type = "_".join(word.lower() for word in subject) + "." + verb.lower()


class Envelope[E: Event](BaseModel):
    """What travels: EventBridge's `Detail`. `key` groups events that a consumer may want in order; `position` orders them."""

    model_config = ConfigDict(extra="ignore", frozen=True, defer_build=True)
    id: UUID
    type: str
    version: int
    brand_id: UUID
    occurred_at: datetime
    correlation_id: str
    key: str | None = None
    position: int = 0
    data: E


def read_envelope[E: Event](kind: type[E], detail: Any) -> Envelope[E]:
    """Read an EventBridge `Detail` (dict) whose data is a `kind`. Raises pydantic.ValidationError."""
    # As JSON, which it was: strict parts such as Money take an object there, and no plain dict elsewhere.
    return Envelope[kind].model_validate_json(json.dumps(detail))  # type: ignore[valid-type]
