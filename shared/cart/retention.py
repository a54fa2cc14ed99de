"""How long links to carts live, and the batch that deletes them, oldest first, by index."""

from shared.cart.recovery import links
from shared.platform.database import Role
from shared.platform.retention import BATCH
from shared.platform.work import begin


def purge_batch() -> tuple[int, int]:
    """Delete up to BATCH links that have expired, in every brand; answers how many, and no failures."""
    with begin(None, "purge", Role.JOBS) as work:
        return links.purge_batch(work, BATCH), 0
