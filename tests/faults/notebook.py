"""What buyers were told: promises that must have been kept when all is over."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass
class Placed:
    """A checkout that was answered 201: `request` can be sent again; `answer` are the bytes of the first such answer."""

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
    intent_id: str
    client_secret: str
    at: datetime


@dataclass
class Notebook:
    """`paid`: intents that Stripe told a buyer had succeeded. `complaints`: what a buyer must never see."""

    placed: list[Placed] = field(default_factory=list)
    paid: set[str] = field(default_factory=set)
    complaints: list[str] = field(default_factory=list)
    gave_up: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    webhooks_replayed: set[str] = field(default_factory=set)
