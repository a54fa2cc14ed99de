"""POST /v1/me/kyc — start an identity check at Stripe Identity, or go on with the one that is open."""

from uuid import UUID

from pydantic import Field

from shared.billing import verifications
from shared.billing.outcomes import Failed
from shared.billing.verifications import VerificationOutcome
from shared.identity import kyc
from shared.identity.callers import Member
from shared.identity.kyc import KycCheck, KycPassed, KycTwin, SeenCheck
from shared.identity.kyc_rules import OPEN, KycLevel
from shared.identity.links import Page, link
from shared.kernel.refusals import Refusal
from shared.platform.doors import Steps, endpoint
from shared.platform.models import Pending, Request
from shared.platform.work import Work


class VerificationUnavailable(Refusal):
    """The provider of identity checks does not answer. Nothing is lost: send the same request again."""

    status = 503


class VerificationRefused(Refusal):
    """The provider of identity checks cannot start this one."""

    status = 502


class StartKyc(Request):
    """`complete` includes what `light` proves."""

    level: KycLevel = Field(strict=False)


class StartedCheck(KycCheck):
    """`url` is the provider's page for the person, good once and for a short while; `client_secret` is for its own components."""

    url: str | None
    client_secret: str | None = Field(repr=False)


class Wanted(Pending):
    check_id: UUID
    session_id: str | None
    user_id: UUID
    level: KycLevel
    brand: str
    return_url: str


def record(ask: StartKyc, caller: Member, work: Work) -> Wanted:
    check_id, session_id = kyc.start_check(work, caller.user_id, ask.level)
    return Wanted(
        check_id=check_id,
        session_id=session_id,
        user_id=caller.user_id,
        level=ask.level,
        brand=work.brand.slug,
        return_url=link(work.brand, Page.IDENTITY),
    )


def reach(wanted: Wanted) -> VerificationOutcome:
    if wanted.session_id is not None:
        return verifications.retrieve_verification(wanted.session_id)
    return verifications.start_verification(
        check_id=wanted.check_id,
        user_id=wanted.user_id,
        level=wanted.level,
        brand=wanted.brand,
        return_url=wanted.return_url,
    )


def settle(wanted: Wanted, outcome: VerificationOutcome, work: Work) -> StartedCheck | Refusal:
    if isinstance(outcome, SeenCheck):
        check = kyc.see_check(work, outcome.model_copy(update={"check_id": wanted.check_id}))
        assert check is not None
        is_open = check.status in OPEN
        return StartedCheck(
            **check.model_dump(),
            url=outcome.url if is_open else None,
            client_secret=outcome.client_secret if is_open else None,
        )
    if isinstance(outcome, Failed) and not outcome.retryable:
        kyc.give_up(work, wanted.check_id, outcome.code)
        return VerificationRefused()
    return VerificationUnavailable(retry_after=1)


# An answer holds the secret of a page that is good for a while: a replay asks the provider for a fresh one instead.
handler = endpoint(
    "POST",
    "/v1/me/kyc",
    Steps(record, reach, settle),
    refuses=[KycPassed, KycTwin, VerificationUnavailable, VerificationRefused],
    status=201,
    idempotency="none",
    audited=True,
)
