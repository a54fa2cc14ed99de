"""How long links to orders and the words of carriers live, and the batch that deletes them, oldest first, by index."""

from datetime import timedelta

from shared.orders import carrier_store, links
from shared.platform.database import Role
from shared.platform.retention import BATCH
from shared.platform.work import begin

# Longer than any carrier goes on telling of a parcel; what it said of ours is kept with the shipment.
CARRIER_WEBHOOKS = timedelta(days=90)


def purge_batch() -> tuple[int, int]:
    """Delete up to BATCH of each that have served their time, in every brand; answers how many, and no failures."""
    with begin(None, "purge", Role.JOBS) as work:
        told = carrier_store.purge_batch(work, work.now - CARRIER_WEBHOOKS, BATCH)
        return links.purge_batch(work, BATCH) + told, 0
