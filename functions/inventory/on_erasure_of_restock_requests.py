"""erasure.started — forget that the person waits for anything."""

from shared.identity.events import ErasureStartedV1
from shared.inventory import privacy
from shared.platform.doors import consumer
from shared.platform.work import Work
from shared.privacy.answering import erase_and_tell


def on_erasure_of_restock_requests(fact: ErasureStartedV1, work: Work) -> None:
    erase_and_tell(work, fact, "inventory", privacy.erase)


handler = consumer(on_erasure_of_restock_requests, listens=ErasureStartedV1)
