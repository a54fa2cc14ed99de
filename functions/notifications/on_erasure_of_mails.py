"""erasure.started — take the person out of the mails they were sent."""

from shared.identity.events import ErasureStartedV1
from shared.notifications import privacy
from shared.platform.doors import consumer
from shared.platform.personal_data import Erased, Person
from shared.platform.work import Work
from shared.privacy.answering import answer_key, erase_and_tell


def on_erasure_of_mails(fact: ErasureStartedV1, work: Work) -> None:
    def erase(work: Work, person: Person) -> Erased:
        return privacy.erase(work, person, answer_key(fact.privacy_request_id))

    erase_and_tell(work, fact, "notifications", erase)


handler = consumer(on_erasure_of_mails, listens=ErasureStartedV1)
