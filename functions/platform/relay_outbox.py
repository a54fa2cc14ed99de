"""Every 1 minute — publish what waits in the outbox, the safety net behind the wake-up after each commit."""

from shared.platform.doors import job
from shared.platform.relay import relay_batch


def relay_outbox() -> tuple[int, int]:
    return relay_batch("platform/relay_outbox")


handler = job("relay_outbox", relay_outbox, every="1 minute")
