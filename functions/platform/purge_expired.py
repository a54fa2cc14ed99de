"""Every 1 day — forget what has served its time: idempotency keys, told events, inbox rows, old failures."""

from shared.platform.doors import job
from shared.platform.retention import purge_batch

handler = job("purge_expired", purge_batch, every="1 day")
