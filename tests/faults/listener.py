"""A consumer of every event that there is, in order per key: what a partner with a journal of our facts would be."""

import importlib
from typing import Any

from functions._generate.discovery import ROOT
from shared.platform.doors.consumer import Consumer, ConsumerSpec
from shared.platform.events import Envelope, Event
from shared.platform.work import Work
from tests.faults.troubles import LISTENER

# `heard_at` numbers grow in the order in which one key's events are applied: each is taken once the one before is committed.
TABLE = """
    CREATE SCHEMA faults;
    CREATE TABLE faults.heard (
        heard_at bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, event_id uuid NOT NULL, key text, position bigint NOT NULL);
    GRANT USAGE ON SCHEMA faults TO comptoir_app;
    GRANT INSERT ON faults.heard TO comptoir_app;
"""
_HEAR = "INSERT INTO faults.heard (event_id, key, position) VALUES (%(id)s, %(key)s, %(position)s)"


def every_event() -> tuple[type[Event], ...]:
    """The classes of all events that any context tells."""
    for file in sorted((ROOT / "shared").rglob("events.py")):
        importlib.import_module(".".join(file.relative_to(ROOT).with_suffix("").parts))
    return tuple(sorted(Event.__subclasses__(), key=lambda kind: (kind.type, kind.version)))


class Listener(Consumer):
    """The consumers' own door; it keeps hold of the envelope, whose place in the order is to be written down."""

    _hearing: Envelope[Any]

    def __init__(self) -> None:
        context, _, name = LISTENER.partition("/")
        spec = ConsumerSpec(name, context, "hears everything in order", every_event(), ordered=True)
        super().__init__(spec, self._hear)

    def _apply(self, envelope: Envelope[Any]) -> None:
        self._hearing = envelope
        super()._apply(envelope)

    def _hear(self, _: Event, work: Work) -> None:
        heard = self._hearing
        work.run(_HEAR, id=heard.id, key=heard.key, position=heard.position)
