"""Every 1 minute — publish what waits in the outbox, the safety net behind the wake-up after each commit."""

from shared.platform.doors import job
from shared.platform.relay import relay_batch

handler = job("relay_outbox", relay_batch, every="1 minute")
