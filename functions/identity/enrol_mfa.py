"""POST /v1/me/mfa — begin with a second factor: the secret for an authenticator app, to be confirmed by a first code."""

from shared.identity import factors
from shared.identity.callers import Member
from shared.identity.recency import RecentSignInRequired, check_recent
from shared.identity.second_factors import MfaAlreadyEnabled
from shared.platform.doors import endpoint
from shared.platform.models import Response
from shared.platform.work import Work


class MfaEnrolment(Response):
    """`otpauth_uri` is what a QR code for the app holds, `secret` the same to type in. Shown this once."""

    secret: str
    otpauth_uri: str


def enrol_mfa(caller: Member, work: Work) -> MfaEnrolment:
    check_recent(caller, work.now)
    enrolment = factors.enrol(work, caller.user_id, caller.email)
    return MfaEnrolment(secret=enrolment.secret, otpauth_uri=enrolment.uri)


handler = endpoint(
    "POST",
    "/v1/me/mfa",
    enrol_mfa,
    refuses=[RecentSignInRequired, MfaAlreadyEnabled],
    status=201,
    idempotency="none",
)
