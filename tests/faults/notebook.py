"""What buyers were told: promises that must have been kept when all is over."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

# An idempotency key is kept for a day (shared/platform/idempotency.py); a clock that jumps over its end has it forgotten.
KEPT = timedelta(hours=23)


@dataclass
class Placed:
    """A checkout that was answered 201: `request`, first sent at `at`, can be sent again; `answer` are the bytes of the first such
    answer."""

    buyer: int
    brand: str
    email: str
    key: str
    token: str
    request: dict[str, Any]
    answer: bytes
    order_id: str
    number: int
    total: int
    gateway: str
    intent_id: str
    client_secret: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A message that was found in a consumer's dead-letter queue, and the reason that is kept beside it."""

    consumer: str
    event_id: str
    message_id: str
    reason: str | None


@dataclass(frozen=True, slots=True)
class Refunded:
    """Refunds that staff were told were made: minor units by refund."""

    order_id: str
    refunds: dict[str, int]


@dataclass
class Notebook:
    """`paid`: payments, by the providers' names of them, of which a buyer was told that they had succeeded. `reminded`: reminders
    whose link was followed. `complaints`: what nobody must ever see. `dead_letters`: those
    that staff were shown. `deliveries`: units that staff booked and were told so, by the movement's reason."""

    placed: list[Placed] = field(default_factory=list)
    paid: set[str] = field(default_factory=set)
    reminded: set[str] = field(default_factory=set)
    complaints: list[str] = field(default_factory=list)
    refunded: list[Refunded] = field(default_factory=list)
    gave_up: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    deliveries: dict[str, int] = field(default_factory=dict)
    webhooks_replayed: set[str] = field(default_factory=set)
    dead_letters: list[DeadLetter] = field(default_factory=list)
