"""erasure.started — make the person's carts nobody's."""

from shared.cart import privacy
from shared.identity.events import ErasureStartedV1
from shared.platform.doors import consumer
from shared.platform.work import Work
from shared.privacy.answering import erase_and_tell


def on_erasure_of_carts(fact: ErasureStartedV1, work: Work) -> None:
    erase_and_tell(work, fact, "cart", privacy.erase)


handler = consumer(on_erasure_of_carts, listens=ErasureStartedV1)
