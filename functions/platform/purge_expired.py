"""Every 1 day — forget what has served its time: idempotency keys, told events, inbox rows, spent tokens, old mails and webhooks."""

from shared.billing import retention as billing
from shared.cart import retention as cart
from shared.identity import retention as identity
from shared.inventory import retention as inventory
from shared.notifications import retention as notifications
from shared.orders import retention as orders
from shared.platform import retention as platform
from shared.platform.doors import job


def purge_expired() -> tuple[int, int]:
    contexts = (platform, identity, notifications, inventory, billing, cart, orders)
    purged = [context.purge_batch() for context in contexts]
    return sum(done for done, _ in purged), sum(failed for _, failed in purged)


handler = job("purge_expired", purge_expired, every="1 day")
