"""POST /v1/partner/auth/login — partner users sign in by email and password."""

from shared.identity.credentials import CredentialsInvalid, TooManyAttempts, is_partner
from shared.identity.sessions import SignedIn
from shared.identity.signing_in import Credentials, MfaChallenge, SignInAnswer
from shared.identity.signing_in import sign_in as signed_in
from shared.kernel.refusals import Refusal
from shared.platform.doors import endpoint
from shared.platform.http import HttpRequest, HttpResponse, problem
from shared.platform.work import Work


def sign_in_partner(
    ask: Credentials, request: HttpRequest, work: Work
) -> SignedIn | MfaChallenge | HttpResponse:
    answer = signed_in(work, ask, request, door=is_partner)
    return problem(answer, request.request_id) if isinstance(answer, Refusal) else answer


# Kept answers would hold live tokens in plain text, so a replay signs in once more instead.
handler = endpoint(
    "POST",
    "/v1/partner/auth/login",
    sign_in_partner,
    refuses=[CredentialsInvalid, TooManyAttempts],
    answers=SignInAnswer,
    idempotency="none",
    limit="auth",
)
