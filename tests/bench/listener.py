"""bench0.happened … bench29.happened — do nothing, once."""

from typing import Any

from pydantic import create_model

from shared.platform.doors import consumer
from shared.platform.events import Event
from shared.platform.work import Work

RULES = 30
KINDS: list[type[Event]] = [
    create_model(f"Bench{number}HappenedV1", __base__=Event, number=(int, ...)) for number in range(RULES)
]


def hear(fact: Any, work: Work) -> None:
    """Only the inbox row is left of it."""


handler = consumer(hear, listens=KINDS)
