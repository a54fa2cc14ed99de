"""A commit that told events — publish them now rather than at the next minute."""

from shared.platform.doors import wake
from shared.platform.relay import relay_batch


def on_events_waiting() -> tuple[int, int]:
    return relay_batch("platform/on_events_waiting")


handler = wake(on_events_waiting)
