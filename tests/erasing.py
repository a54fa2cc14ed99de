"""One context's part of an erasure, for its own test."""

from collections.abc import Sequence
from typing import Any

from functions.identity.ask_privacy_request import handler as ask
from functions.identity.process_privacy_requests import handler as process
from tests.gateway import Bus, Handler, batch
from tests.people import Person


def erase_in(person: Person, handler: Handler, bus: Bus, *, times: int = 1) -> dict[str, Any]:
    """Somebody asks to be forgotten and one context is told; what it tells in turn, the last time."""
    person.call(ask, "POST", "/v1/me/privacy-requests", {"kind": "erase"})
    process({}, None)
    bus.relay()
    started = bus.of("erasure.started")
    for _ in range(times):
        assert handler(batch(started), None)["batchItemFailures"] == []
    bus.relay()
    told: Sequence[dict[str, Any]] = bus.of("personal_data.erased")
    assert len(told) == 1
    data: dict[str, Any] = told[-1]["data"]
    return data
