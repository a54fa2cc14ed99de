"""Every 1 minute — publish what waits in the outbox, the safety net behind the wake-up after each commit."""

from shared.platform.doors import job
from shared.platform.logs import log
from shared.platform.relay import lag_seconds, relay_batch


def relay_outbox() -> tuple[int, int]:
    published, failed = relay_batch()
    if not published:
        # The alarm on what waits too long counts these lines (stacks/watching.yaml).
        log.info("outbox", extra={"lag_seconds": lag_seconds()})
    return published, failed


handler = job("relay_outbox", relay_outbox, every="1 minute")
