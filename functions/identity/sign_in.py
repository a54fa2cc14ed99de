"""POST /v1/auth/login — customers, and anybody else with an account, sign in by email and password."""

from shared.checkout.bringing import bring_cart
from shared.identity.credentials import CredentialsInvalid, TooManyAttempts, is_anybody
from shared.identity.sessions import SignedIn
from shared.identity.signing_in import Credentials, MfaChallenge, SignInAnswer
from shared.identity.signing_in import sign_in as signed_in
from shared.kernel.refusals import Refusal
from shared.platform.doors import endpoint
from shared.platform.http import HttpRequest, HttpResponse, problem
from shared.platform.work import Work


def sign_in(ask: Credentials, request: HttpRequest, work: Work) -> SignedIn | MfaChallenge | HttpResponse:
    answer = signed_in(work, ask, request, door=is_anybody)
    if isinstance(answer, SignedIn):
        bring_cart(work, request, answer.user.id)
    return problem(answer, request.request_id) if isinstance(answer, Refusal) else answer


# Kept answers would hold live tokens in plain text, so a replay signs in once more instead.
handler = endpoint(
    "POST",
    "/v1/auth/login",
    sign_in,
    refuses=[CredentialsInvalid, TooManyAttempts],
    answers=SignInAnswer,
    idempotency="none",
    limit="auth",
)
