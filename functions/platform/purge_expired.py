"""Every 1 day — forget what has served its time: idempotency keys, told events, inbox rows, old failures, spent tokens."""

from shared.identity import retention as identity
from shared.inventory import retention as inventory
from shared.orders import retention as orders
from shared.platform import retention as platform
from shared.platform.doors import job


def purge_expired() -> tuple[int, int]:
    purged = [context.purge_batch() for context in (platform, identity, inventory, orders)]
    return sum(done for done, _ in purged), sum(failed for _, failed in purged)


handler = job("purge_expired", purge_expired, every="1 day")
