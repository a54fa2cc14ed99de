"""erasure.started — empty what the provider's webhooks say of the person, and take them out of their invoices."""

from shared.billing import privacy
from shared.identity.events import ErasureStartedV1
from shared.platform.doors import consumer
from shared.platform.work import Work
from shared.privacy.answering import erase_and_tell


def on_erasure_of_payments(fact: ErasureStartedV1, work: Work) -> None:
    erase_and_tell(work, fact, "billing", privacy.erase)


handler = consumer(on_erasure_of_payments, listens=ErasureStartedV1)
