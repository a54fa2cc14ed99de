"""verification.changed — look at the identity check's own state at the provider, whatever the webhook says, and keep it."""

from shared.billing import verifications
from shared.billing.events import VerificationChangedV1
from shared.billing.outcomes import MISSING, Failed
from shared.billing.verifications import VerificationOutcome
from shared.identity import kyc
from shared.identity.kyc import SeenCheck
from shared.platform.doors import Steps, consumer
from shared.platform.models import Pending
from shared.platform.work import Work


class Look(Pending):
    session_id: str


class ProviderSilent(Exception):
    """The provider did not tell its state: the queue brings the event back later."""


def record(fact: VerificationChangedV1, work: Work) -> Look:
    return Look(session_id=fact.session_id)


def reach(look: Look) -> VerificationOutcome:
    outcome = verifications.retrieve_verification(look.session_id)
    if isinstance(outcome, SeenCheck) or (isinstance(outcome, Failed) and outcome.code == MISSING):
        return outcome
    raise ProviderSilent(outcome)


def settle(look: Look, outcome: VerificationOutcome, work: Work) -> None:
    if isinstance(outcome, SeenCheck):
        kyc.see_check(work, outcome)


handler = consumer(Steps(record, reach, settle), listens=VerificationChangedV1)
