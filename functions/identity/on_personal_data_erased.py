"""personal_data.erased — once every context has erased somebody, erase their account and give them a signed certificate."""

from shared.billing import verifications
from shared.billing.outcomes import MISSING, Failed, Unknown
from shared.identity.events import PersonalDataErasedV1
from shared.platform import private_files
from shared.platform.doors import Steps, consumer
from shared.platform.models import Outcome
from shared.platform.work import Work
from shared.privacy import answering
from shared.privacy.answering import Closing


class Reached(Outcome):
    """The ledger, the archives and the provider have done their part."""


class ProviderSilent(Exception):
    """The provider of identity checks did not redact a session: the queue brings the event back later."""


def record(fact: PersonalDataErasedV1, work: Work) -> Closing | None:
    return answering.note(work, fact)


def reach(closing: Closing) -> Reached:
    for session_id in closing.to_redact:
        outcome = verifications.redact_verification(session_id)
        if isinstance(outcome, Unknown) or (isinstance(outcome, Failed) and outcome.code != MISSING):
            raise ProviderSilent(outcome)
    for key in closing.exports:
        private_files.delete(key)
    private_files.put(closing.key, closing.content.encode(), "application/json")
    return Reached()


def settle(closing: Closing, reached: Reached, work: Work) -> None:
    answering.finish(work, closing)


handler = consumer(Steps(record, reach, settle), listens=PersonalDataErasedV1)
