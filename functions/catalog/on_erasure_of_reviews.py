"""erasure.started — take the person's name off their reviews."""

from shared.catalog import privacy
from shared.identity.events import ErasureStartedV1
from shared.platform.doors import consumer
from shared.platform.work import Work
from shared.privacy.answering import erase_and_tell


def on_erasure_of_reviews(fact: ErasureStartedV1, work: Work) -> None:
    erase_and_tell(work, fact, "catalog", privacy.erase)


handler = consumer(on_erasure_of_reviews, listens=ErasureStartedV1)
