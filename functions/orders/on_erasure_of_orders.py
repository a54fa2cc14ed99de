"""erasure.started — take the person out of their orders, as far as accounting law allows."""

from shared.identity.events import ErasureStartedV1
from shared.orders import privacy
from shared.platform.doors import consumer
from shared.platform.work import Work
from shared.privacy.answering import erase_and_tell


def on_erasure_of_orders(fact: ErasureStartedV1, work: Work) -> None:
    erase_and_tell(work, fact, "orders", privacy.erase)


handler = consumer(on_erasure_of_orders, listens=ErasureStartedV1)
